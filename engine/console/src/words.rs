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
    OneHour: "快进 1 小时", "Forward 1 hour";
    OneDay: "快进 1 天", "Forward 1 day";
    OneWeek: "快进 7 天", "Forward 7 days";
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

    SettlementTitle: "年度激励结算", "Yearly incentive settlement";
    NoSettlement: "还没有结算结果。", "There is no settlement yet.";
    Institution: "机构", "Institution";
    Total: "合计", "Total";
    Capped: "触及上限", "at its ceiling";
    Exceptions: "未计入的记录", "Left out";
    Effect: "影响（元）", "Effect in yuan";
    Code: "代码", "Code";
    WhyThisAmount: "为什么是这个数", "Why this amount";
    Step: "步骤", "Step";
    Result: "结果", "Result";
    InputRows: "依据的记录", "Input rows";
    Shown: "仅显示前面的记录；全部在导出里。", "Only the first rows are shown; all are in the export.";
    Rules: "规则指纹", "Rules";
    DataState: "数据", "Data";
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
