//! Pictures of the field that several tests draw.

use diagram::{Cause, Change, Child, Edge, Kind, Overlay, Picture, Place, State, Words};

fn event(from: &str, to: &str, zh: &str, en: &str) -> Edge {
    Edge::new(Cause::Event, from, to, zh, en)
}

fn timer(from: &str, to: &str, zh: &str, en: &str) -> Edge {
    Edge::new(Cause::Timer, from, to, zh, en)
}

fn automatic(from: &str, to: &str, zh: &str, en: &str) -> Edge {
    Edge::new(Cause::Automatic, from, to, zh, en)
}

fn error(from: &str, to: &str, zh: &str, en: &str) -> Edge {
    Edge::new(Cause::Error, from, to, zh, en)
}

/// A financing demand: 21 states, three stages, four outcomes at the side.
pub fn demand() -> Picture {
    let s = State::new;
    let matching = vec![
        s(Kind::Automatic, "recommended", "系统推荐", "Recommended"),
        s(Kind::Wait, "open", "待认领", "Open for claims").note("最多 3 家", "at most 3"),
        s(Kind::Wait, "claimed", "已认领", "Claimed").note("1–3 家", "1–3 banks"),
        s(Kind::Wait, "full", "认领已满", "Full"),
    ];
    let evaluation = vec![
        s(Kind::Task, "authorise", "征信授权", "Consent to credit query").note("企业", "Enterprise"),
        s(Kind::Automatic, "credit_query", "征信查询", "Credit query"),
        s(Kind::Task, "due_diligence", "尽职调查", "Due diligence").note("银行", "Bank"),
        s(Kind::Task, "committee", "授信审批", "Credit committee").note("银行", "Bank"),
    ];
    let disbursement = vec![
        s(Kind::Task, "contract", "签订合同", "Sign the contract").note("双方", "Both sides"),
        s(Kind::Task, "guarantee", "落实担保", "Arrange the guarantee").note("担保公司", "Guarantor"),
        s(Kind::Timer, "cooling", "等待放款日", "Waiting period").note("7 天", "7 days"),
        s(Kind::Automatic, "pay", "划款登记", "Record the payment"),
    ];
    let states = vec![
        s(Kind::Task, "draft", "草稿", "Draft").note("企业", "Enterprise"),
        s(Kind::Automatic, "screening", "平台预审", "Screening"),
        s(Kind::Compound, "matching", "银企对接", "Matching").holding(matching),
        s(Kind::Compound, "evaluation", "评估审批（1–5 天）", "Evaluation (1–5 days)").holding(evaluation),
        s(Kind::Wait, "granted", "已授信", "Granted"),
        s(Kind::Compound, "disbursement", "放款（7 天）", "Disbursement (7 days)").holding(disbursement),
        s(Kind::Task, "rating", "待企业评价", "Rating").note("企业", "Enterprise"),
        s(Kind::Final, "done", "已办结", "Closed"),
        s(Kind::Final, "auto_cancelled", "超时自动取消", "Cancelled as overdue"),
        s(Kind::Final, "withdrawn", "企业撤回", "Withdrawn"),
        s(Kind::Final, "rejected", "银行婉拒", "Declined"),
        s(Kind::Task, "intervention", "人工介入", "Manual repair").note("运维", "Operator"),
    ];
    Picture {
        id: "financing_demand".into(),
        title: Words::new("融资需求", "Financing demand"),
        initial: Some("draft".into()),
        states,
        edges: demand_edges(),
        children: Vec::new(),
    }
}

fn demand_edges() -> Vec<Edge> {
    vec![
        event("draft", "screening", "提交", "submit"),
        automatic("screening", "recommended", "通过", "passed"),
        event("screening", "draft", "退回补正", "send back"),
        automatic("recommended", "open", "", ""),
        event("open", "claimed", "银行认领", "claim"),
        event("claimed", "full", "第 3 家认领", "third claim"),
        event("claimed", "authorise", "开始评估", "evaluate"),
        event("full", "authorise", "开始评估", "evaluate"),
        event("authorise", "credit_query", "同意授权", "consent"),
        automatic("credit_query", "due_diligence", "报告返回", "report arrived"),
        error("credit_query", "intervention", "接口故障", "bureau down"),
        event("intervention", "credit_query", "重试", "try again"),
        event("due_diligence", "committee", "提交审批", "submit"),
        event("committee", "due_diligence", "补充材料", "more papers"),
        event("committee", "granted", "同意", "approve"),
        event("committee", "rejected", "拒绝", "decline"),
        event("granted", "contract", "确认授信", "confirm"),
        event("contract", "guarantee", "需担保", "guarantee needed"),
        event("contract", "cooling", "信用贷款", "unsecured"),
        event("guarantee", "cooling", "已落实", "arranged"),
        timer("cooling", "pay", "7 天后", "after 7 days"),
        automatic("pay", "rating", "放款成功", "paid"),
        error("pay", "intervention", "划款失败", "payment failed"),
        event("rating", "done", "提交评价", "rate"),
        timer("rating", "done", "30 天未评价", "30 days"),
        timer("evaluation", "auto_cancelled", "5 天未完成", "not done in 5 days"),
        event("matching", "withdrawn", "撤回", "withdraw"),
        timer("matching", "auto_cancelled", "30 天无人认领", "no claim in 30 days"),
        event("auto_cancelled", "open", "重新发布", "publish again"),
    ]
}

/// Where one demand is: due diligence, with counts of the others.
pub fn demand_now() -> Overlay {
    let picture = demand();
    let seen = ["draft", "screening", "recommended", "open", "claimed", "full", "authorise", "credit_query"];
    let mut steps: Vec<&str> = seen.to_vec();
    steps.push("due_diligence");
    let taken = |e: &&Edge| steps.windows(2).any(|w| w[0] == e.from && e.to.iter().any(|t| t == w[1]));
    Overlay {
        current: ["due_diligence".to_string(), "evaluation".to_string()].into(),
        visited: seen.iter().map(ToString::to_string).chain(["matching".to_string()]).collect(),
        path: picture.edges.iter().filter(taken).map(|e| e.id.clone()).collect(),
        counts: [("open", 88), ("due_diligence", 312), ("cooling", 41), ("intervention", 2)]
            .map(|(s, n)| (s.to_string(), n))
            .into(),
        ..Overlay::default()
    }
}

/// What version 8 changes in the demand.
pub fn demand_changes() -> Overlay {
    let states = [
        ("full", Change::Removed),
        ("guarantee", Change::Added),
        ("evaluation", Change::Changed),
        ("cooling", Change::Changed),
    ];
    let edges = [
        ("claimed>full:第 3 家认领", Change::Removed),
        ("full>authorise:开始评估", Change::Removed),
        ("contract>guarantee:需担保", Change::Added),
        ("guarantee>cooling:已落实", Change::Added),
        ("evaluation>auto_cancelled:5 天未完成", Change::Changed),
    ];
    Overlay {
        changed_states: states.map(|(s, c)| (s.to_string(), c)).into(),
        changed_edges: edges.map(|(e, c)| (e.to_string(), c)).into(),
        ..Overlay::default()
    }
}

/// A registration whose second step runs three checks at once.
pub fn registration() -> Picture {
    let s = State::new;
    let business = vec![
        s(Kind::Automatic, "ask_register", "查询工商登记", "Ask the company register"),
        s(Kind::Wait, "await_register", "等待回执", "Await the answer"),
        s(Kind::Final, "register_ok", "登记存续", "In good standing"),
    ];
    let category = vec![
        s(Kind::Task, "classify", "核对企业类别", "Check the category").note("区金融办", "District office"),
        s(Kind::Task, "second_look", "专家复核", "Expert review").note("行业主管部门", "Sector office"),
        s(Kind::Final, "category_ok", "类别认定", "Category settled"),
    ];
    let credit = vec![
        s(Kind::Task, "consent", "企业授权", "Consent").note("企业", "Enterprise"),
        s(Kind::Automatic, "query", "查询征信", "Credit query"),
        s(Kind::Final, "credit_ok", "征信通过", "Credit clear"),
    ];
    let regions = vec![
        s(Kind::Compound, "business", "工商核验", "Company register").holding(business),
        s(Kind::Compound, "category", "类别认定", "Category").holding(category),
        s(Kind::Compound, "credit", "征信核验", "Credit").holding(credit),
    ];
    let states = vec![
        s(Kind::Task, "fill_in", "企业填报", "Fill in").note("企业", "Enterprise"),
        s(Kind::Parallel, "checks", "并行核验", "Checks").holding(regions),
        s(Kind::Task, "review", "市局复审", "City review")
            .note("市金融局 · 4 个工作日", "City · 4 working days"),
        s(Kind::Final, "active", "注册成功", "Registered"),
        s(Kind::Final, "refused", "不予注册", "Refused"),
        s(Kind::Final, "lapsed", "逾期终止", "Lapsed"),
    ];
    Picture {
        id: "registration".into(),
        title: Words::new("企业注册", "Registration"),
        initial: Some("fill_in".into()),
        states,
        edges: registration_edges(),
        children: Vec::new(),
    }
}

fn registration_edges() -> Vec<Edge> {
    vec![
        event("fill_in", "checks", "提交", "submit"),
        automatic("ask_register", "await_register", "已发送", "sent"),
        event("await_register", "register_ok", "存续", "in standing"),
        timer("await_register", "ask_register", "30 分钟无回执，重发", "no answer in 30 minutes"),
        event("await_register", "refused", "已注销", "struck off"),
        event("classify", "category_ok", "证书有效", "certificate valid"),
        event("classify", "second_look", "名单未找到", "not on the list"),
        event("second_look", "category_ok", "认定", "settle"),
        event("second_look", "fill_in", "一次性告知补正", "ask for corrections"),
        event("consent", "query", "同意", "consent"),
        event("consent", "refused", "不同意", "no consent"),
        automatic("query", "credit_ok", "无不良", "clear"),
        event("query", "second_look", "有关联风险", "related risk"),
        Edge::staying(Cause::Event, "query", "催办", "urge"),
        automatic("checks", "review", "三项都通过", "all three passed"),
        timer("checks", "lapsed", "10 个工作日未完成", "10 working days"),
        event("review", "active", "通过", "approve"),
        event("review", "refused", "不予通过", "refuse"),
        Edge {
            to: vec!["classify".into(), "consent".into()],
            ..event("review", "classify", "退回重核类别与征信", "check category and credit again")
        },
    ]
}

/// A demand with claims as child processes, a pause with history, events that stay, a fork of failures.
pub fn claims() -> Picture {
    let s = State::new;
    let working = vec![
        s(Kind::Wait, "open", "开放认领", "Open for claims").note("最多 3 家", "at most 3"),
        s(Kind::Compound, "talks", "对接中", "In talks").holding(vec![
            s(Kind::Task, "first_talk", "首次洽谈", "First talk").note("银行", "Bank"),
            s(Kind::Task, "terms", "商定条件", "Agree on terms").note("双方", "Both"),
        ]),
        s(Kind::History { deep: true }, "resume", "回到原处", "Resume"),
    ];
    let states = vec![
        s(Kind::Task, "draft", "填写需求", "Fill in the demand").note("企业 · 30 天", "Enterprise · 30 days"),
        s(Kind::Compound, "working", "对接", "Matching").holding(working),
        s(Kind::Wait, "paused", "暂停", "Paused").note("平台", "Platform"),
        s(Kind::Process, "guarantee", "担保审批", "Guarantee").note("子流程", "child process"),
        s(Kind::Task, "rating", "企业评价", "Rating").note("企业", "Enterprise"),
        s(Kind::Final, "closed", "办结", "Closed"),
        s(Kind::Final, "expired", "过期关闭", "Expired"),
        s(Kind::Final, "withdrawn", "撤回", "Withdrawn"),
    ];
    let edges = vec![
        event("draft", "working", "提交 [已授权征信]", "submit [consent given]"),
        Edge::staying(Cause::Event, "draft", "保存草稿", "save"),
        Edge::new(Cause::Event, "draft", "draft", "重新上传材料", "upload again"),
        event("draft", "withdrawn", "撤回", "withdraw"),
        timer("draft", "withdrawn", "30 天未提交", "30 days"),
        event("open", "first_talk", "认领 [有名额]", "claim [place free]"),
        Edge::staying(Cause::Event, "open", "认领 [已满] 拒绝", "claim [full] refused"),
        Edge::new(Cause::Event, "open", "open", "名额变化", "places changed"),
        event("first_talk", "terms", "达成意向", "agree"),
        event("first_talk", "open", "放弃", "give up"),
        event("terms", "guarantee", "需要担保", "guarantee needed"),
        event("terms", "rating", "已放款", "disbursed"),
        event("working", "paused", "暂停", "pause"),
        event("paused", "resume", "恢复", "resume"),
        timer("paused", "expired", "90 天", "90 days"),
        event("working", "withdrawn", "撤回 [无在办银行]", "withdraw [no bank]"),
        timer("working", "expired", "发布有效期满", "listing period over"),
        automatic("guarantee", "rating", "担保落实", "arranged"),
        error("guarantee", "open", "担保被拒", "refused"),
        event("rating", "closed", "评价", "rate"),
        timer("rating", "closed", "30 天", "30 days"),
        event("rating", "archived", "归档", "archive"),
    ];
    let note = Words::new("最多 3 家，每家银行一份", "at most 3, one per bank");
    Picture {
        id: "financing_demand".into(),
        title: Words::new("融资需求对接", "Financing demand matching"),
        initial: Some("draft".into()),
        states,
        edges,
        children: vec![Child { picture: claim(), note, started_by: vec!["open".into()] }],
    }
}

fn claim() -> Picture {
    let s = State::new;
    let states = vec![
        s(Kind::Task, "evaluating", "银行评估审批", "Bank evaluation").note("银行 · 5 天", "Bank · 5 days"),
        s(Kind::Timer, "waiting", "已批复，等待放款日", "Approved, waiting").note("7 天", "7 days"),
        s(Kind::Task, "disbursing", "发放授信", "Disbursement")
            .note("银行 · 30 个工作日", "Bank · 30 working days"),
        s(Kind::Final, "disbursed", "已放款", "Disbursed"),
        s(Kind::Final, "declined", "银行未批", "Declined"),
        s(Kind::Final, "cancelled", "超期自动取消", "Cancelled as overdue"),
    ];
    let edges = vec![
        event("evaluating", "waiting", "批准", "approve"),
        event("evaluating", "declined", "婉拒", "decline"),
        timer("evaluating", "cancelled", "评估期限到", "evaluation limit"),
        timer("waiting", "disbursing", "放款等待期满", "waiting period over"),
        event("disbursing", "disbursed", "放款", "disburse"),
        event("disbursing", "declined", "放弃", "abandon"),
        timer("disbursing", "cancelled", "30 个工作日未放款", "30 working days"),
    ];
    Picture {
        id: "claim".into(),
        title: Words::new("认领", "Bank claim"),
        initial: Some("evaluating".into()),
        states,
        edges,
        children: Vec::new(),
    }
}

/// Ten stages of five states each, with ends: 63 states.
pub fn large() -> Picture {
    let (mut states, mut edges) = (Vec::new(), Vec::new());
    for stage in 1..=10 {
        let id = |k: usize| format!("s{stage}_{k}");
        let steps = (1..=5).map(|k| {
            let title = format!("第 {stage} 阶段第 {k} 步");
            State::new(Kind::Task, &id(k), &title, &format!("Step {stage}.{k}")).note("经办", "Clerk")
        });
        let title = format!("第 {stage} 阶段");
        states.push(
            State::new(Kind::Compound, &format!("s{stage}"), &title, &format!("Stage {stage}"))
                .holding(steps.collect()),
        );
        edges.extend((1..5).map(|k| event(&id(k), &id(k + 1), "办结", "done")));
        edges.push(event(&id(3), &id(1), "退回", "send back"));
        let next = if stage < 10 { format!("s{}_1", stage + 1) } else { "done".into() };
        edges.push(event(&id(5), &next, "转下一阶段", "next stage"));
        edges.push(timer(&format!("s{stage}"), "lapsed", "逾期", "overdue"));
    }
    edges.push(event("s7_2", "s3_4", "发回重审", "review again"));
    states.push(State::new(Kind::Final, "done", "办结", "Done"));
    states.push(State::new(Kind::Final, "lapsed", "逾期终止", "Lapsed"));
    states.push(State::new(Kind::Final, "stopped", "中止", "Stopped").at(Place::Side));
    edges.push(event("s5", "stopped", "中止", "stop"));
    let initial = Some("s1".into());
    Picture {
        id: "large".into(),
        title: Words::new("长流程", "A long process"),
        initial,
        states,
        edges,
        children: Vec::new(),
    }
}

/// Cases spread over the long process; one is looked at in its fourth stage.
pub fn large_now() -> Overlay {
    let counts = [("s1_1", 4), ("s1_5", 3), ("s4_2", 1), ("s9_3", 12)].map(|(s, n)| (s.to_string(), n));
    Overlay {
        current: ["s4".to_string(), "s4_2".to_string()].into(),
        visited: ["s1_1", "s1_5", "s2_1", "s3_1", "s4_1"].map(ToString::to_string).into(),
        counts: counts.into(),
        ..Overlay::default()
    }
}

/// A contract that both sides sign at the same time, with the guarantee beside it.
pub fn signing() -> Picture {
    let s = State::new;
    let side = |id: &str, zh: &str, en: &str| {
        let (read, sign) = (format!("{id}_read"), format!("{id}_sign"));
        let steps = vec![s(Kind::Task, &read, "审阅", "Read"), s(Kind::Final, &sign, "已签", "Signed")];
        s(Kind::Compound, id, zh, en).holding(steps)
    };
    let regions = vec![
        side("bank", "银行", "Bank"),
        side("enterprise", "企业", "Enterprise"),
        s(Kind::Wait, "guarantor", "担保函", "Guarantee"),
    ];
    let states = vec![
        s(Kind::Parallel, "signing", "会签", "Signing").holding(regions),
        s(Kind::Final, "signed", "已签订", "Signed"),
        s(Kind::Final, "void", "作废", "Void"),
    ];
    let edges = vec![
        event("bank_read", "bank_sign", "签署", "sign"),
        event("enterprise_read", "enterprise_sign", "签署", "sign"),
        event("enterprise_read", "bank_read", "提出修改", "ask for changes"),
        event("guarantor", "guarantor", "换函", "replace"),
        error("guarantor", "void", "撤保", "withdrawn"),
        automatic("signing", "signed", "都已签", "all signed"),
        timer("signing", "void", "10 个工作日", "10 working days"),
    ];
    let initial = Some("signing".into());
    let title = Words::new("合同会签", "Signing a contract");
    Picture { id: "signing".into(), title, initial, states, edges, children: Vec::new() }
}

/// The bank has signed, the enterprise still reads.
pub fn signing_now() -> Overlay {
    let current = ["signing", "bank", "bank_sign", "enterprise", "enterprise_read", "guarantor"];
    Overlay {
        current: current.map(ToString::to_string).into(),
        visited: ["bank_read".to_string()].into(),
        path: ["bank_read>bank_sign:签署".to_string()].into(),
        ..Overlay::default()
    }
}
