//! The console's own words, in Chinese and English, in one table.

use expr::lang::Lang;

macro_rules! words {
    ($($name:ident: $zh:literal, $en:literal;)*) => {
        /// A word or sentence of the console.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each says what it is in the table")]
        pub enum Word { $($name),* }

        /// Every word: for the test that both languages have it.
        pub const ALL: &[Word] = &[$(Word::$name),*];

        impl Word {
            /// It in a language.
            pub fn say(self, lang: Lang) -> &'static str {
                match self { $(Word::$name => lang.pick($zh, $en)),* }
            }
        }
    };
}

words! {
    Product: "章程", "Charter";
    Skip: "跳到正文", "Skip to content";
    Catalogue: "流程", "Processes";
    Cases: "事项", "Cases";
    Inbox: "待办", "Inbox";
    Outbox: "发件", "Outbox";
    Settlement: "结算", "Settlement";
    LogOut: "退出", "Log out";
    LogIn: "登录", "Log in";
    OtherLanguage: "English", "中文";
    VirtualClock: "虚拟时钟", "Virtual clock";
    OneHour: "+1 小时", "+1 hour";
    OneDay: "+1 天", "+1 day";
    OneWeek: "+7 天", "+7 days";
    Footer: "页面上的每个期限、金额和拒绝，都能问“为什么”。", "Every deadline, amount and refusal here can be asked why.";

    CatalogueTitle: "流程目录", "Catalogue of processes";
    CatalogueIntro: "每个流程是一份 YAML；点开看它的状态图、参数和在办件数。", "Each process is one YAML file; open it for its ladder, its parameters and its running cases.";
    Process: "流程", "Process";
    Owner: "主管", "Owner";
    Basis: "依据", "Basis";
    Version: "版本", "Version";
    Running: "在办", "Running";
    EndedCount: "已办结", "Ended";
    StoppedCount: "待人工处理", "Needs a person";
    Effective: "生效日", "In force from";
    Hash: "指纹", "Content hash";
    Ladder: "状态图与在办件数", "Ladder with live counts";
    Parameters: "政策参数", "Parameters";
    Parameter: "参数", "Parameter";
    Value: "现行值", "Value today";
    From: "起用日", "From";
    Origin: "出处", "Origin";
    OpenCase: "新开一件", "Open a case";
    SeeCases: "看这个流程的事项", "Cases of this process";

    CasesTitle: "事项", "Cases";
    Number: "编号", "Number";
    WhereItStands: "现在", "Now at";
    Whose: "当事人", "Party";
    Due: "下一时限", "Next due";
    StartedAt: "开始", "Started";
    AllProcesses: "全部流程", "All processes";
    AllStandings: "在办和办结", "Running and ended";
    SearchCase: "编号或企业代码", "Number or enterprise code";
    Search: "查找", "Search";
    NextPage: "下一页", "Next page";
    NoCases: "没有符合条件的事项。", "No case matches.";

    Ended: "已办结", "ended";
    Stopped: "等人工处理", "waits for a person";
    WaitsFor: "在等什么", "What it waits for";
    YouCan: "你现在可以", "What you can do now";
    NothingForYou: "现在没有需要你做的事。", "There is nothing for you to do now.";
    OthersCan: "别人现在可以", "What others can do now";
    Deadlines: "时限", "Deadlines";
    HowReckoned: "怎么算出来的", "How it was reckoned";
    Provisional: "暂定：该年放假安排尚未公布", "provisional: that year's holidays are not published yet";
    Paused: "已中止计时", "stopped";
    Children: "关注与子事项", "Claims and other children";
    Slot: "席位", "Slot";
    Data: "填报内容", "Data";
    History: "经过", "Timeline";
    Why: "为什么", "Why";
    Who: "谁", "Who";
    What: "什么", "What";
    SameOnCommandLine: "命令行里看同样内容", "The same on the command line";

    InboxTitle: "我的待办", "My inbox";
    InboxEmpty: "没有待办。有新的会出现在这里，也会发通知。", "Nothing to do. New tasks appear here and are announced.";
    HeldBy: "承办人", "Held by";
    Nobody: "还没有人认领", "nobody yet";
    Mine: "你", "you";
    Reason: "理由", "Reason";
    Colleague: "同事（账号）", "Colleague (account)";
    Required: "必填", "required";
    Submit: "提交", "Submit";
    Choose: "请选择", "choose";
    Yes: "是", "Yes";
    No: "否", "No";

    OutboxTitle: "发件与投递", "Outbox";
    OutboxEmpty: "没有发出的信，也没有等待投递的。", "Nothing was sent and nothing waits.";
    Letter: "信件", "Letter";
    Attempts: "尝试次数", "Attempts";
    Delivered: "已送达", "delivered";
    Waiting: "等待投递", "waiting";
    Parked: "已停止，等人决定", "parked: waits for a decision";
    Replay: "重新投递", "Try again";
    ReplayAll: "全部重新投递", "Try all again";
    Problem: "问题", "Problem";

    SettlementTitle: "年度激励结算", "Annual incentive settlement";
    SettlementIntro: "每次试算都存为一个版本，连同数据和规则；同样的数据和规则，结果一字不差。", "Every run is kept as a version with its data and rules; the same data and rules give the same bytes.";
    NoSettlement: "还没有结算结果。算一次并存下来：", "There is no settlement yet. To compute and keep one:";
    Year: "年度", "Year";
    RunOfYear: "试算", "Run";
    Payments: "拨付合计（元）", "Payments in yuan";
    Deposits: "存款配置合计（元）", "Deposits in yuan";
    CarriedBy: "办理中的结算", "Carried by";
    Registered: "已登记这次试算", "this run is registered";
    RegisteredHere: "已登记", "registered";
    OtherRegistered: "登记的是另一次试算", "another run is registered";
    CompareWithBefore: "与上一次比较", "compare with the one before";
    CompareWith: "比较：", "Compare with";
    TakeAway: "下载：", "Take away";
    OwnOnly: "这里只列出与你的机构有关的内容。", "Only what concerns your organisation is listed here.";
    NoLines: "没有结算行。", "There are no lines.";
    PaymentOrder: "拨付清单", "Payment order";
    SumsChecked: "清单合计与结算行合计核对一致；财政存款是存放，不在清单里。", "The order sums to the lines; deposits are placed, never paid, and not in the order.";
    AmountInYuan: "金额（元）", "Amount in yuan";
    InCapitals: "大写", "In capitals";
    Institution: "机构", "Institution";
    Total: "合计", "Total";
    Capped: "触及上限", "at its ceiling";
    Exceptions: "未计入和需要说明的记录", "Left out or remarked";
    GreatestEffects: "影响最大的记录", "Records with the greatest effect";
    Treatment: "处理", "Treatment";
    LeftOut: "未计入", "left out";
    Remarked: "计入并注明", "counts, remarked";
    Rows: "笔数", "Rows";
    Effect: "最多影响（元）", "Effect at most, yuan";
    Reconciliation: "与平台记录核对", "Held against the platform's history";
    Agree: "一致", "Agree";
    Disagree: "对不上，未计入", "Do not agree, left out";
    Record: "记录", "Record";
    AsReported: "机构报数", "As reported";
    AsKnown: "平台记录", "As the platform has it";
    Code: "代码", "Code";
    Rule: "规则", "Rule";
    WhyThisAmount: "为什么是这个数", "Why this amount";
    Part: "分项", "Part";
    Result: "结果", "Result";
    InputRows: "依据的记录", "Input rows";
    InputRow: "文件和行", "File and line";
    EveryRow: "列出每一笔记录", "List every row";
    Shown: "只列出前面的；全部在下载的文件里。", "Only the first are listed; all are in the files.";
    Rules: "规则", "Rules";
    RulesHash: "规则指纹", "Hash of the rules";
    DataState: "规则与数据指纹", "Hash of rules and data";
    ResultHash: "结果指纹", "Hash of the result";
    Comparison: "两次试算的比较", "Two runs compared";
    Difference: "相差", "Difference";
    WhatDiffers: "什么不同", "What differs";
    DataDiffers: "数据不同", "Other data:";
    ParameterDiffers: "参数不同", "Another parameter:";
    RulesDiffer: "规则文字不同", "The text of the rules differs";
    NothingDiffers: "数据和规则都相同", "Data and rules are the same";
    SameLines: "两次试算的结算行完全相同。", "The lines of the two runs are the same.";
    LinesThatDiffer: "不同的结算行", "Lines that differ";
    Before: "先前", "Before";
    After: "后来", "After";
    Cause: "原因", "Cause";
    SettlementOfCase: "这一年度的试算", "Runs of this year";
    Back: "返回", "Back";

    LoginTitle: "登录", "Log in";
    Account: "账号", "Account";
    Password: "密码", "Password";
    LoginFailed: "账号或密码不对。", "The account or the password is wrong.";
    SampleAccounts: "演示账号，点一下就登录", "Sample accounts: one click logs you in";
    Possible: "现在可以", "Possible now";
    Left: "还剩", "left";
    Overdue: "已超时", "overdue by";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_there_in_both_languages() {
        for word in ALL {
            assert!(!word.say(Lang::Zh).is_empty() && !word.say(Lang::En).is_empty(), "{word:?}");
        }
    }
}
