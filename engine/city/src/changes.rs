//! D19 and D20: the other cities as sets of parameters, and twelve changes of rules.

/// A change of a rule: cases under way keep the version they began with unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// `R01`.
    pub id: &'static str,
    /// The process.
    pub process: &'static str,
    /// The parameter.
    pub parameter: &'static str,
    /// Its line in the YAML before.
    pub before: &'static str,
    /// And after.
    pub after: &'static str,
    /// From when new cases go by it.
    pub from: &'static str,
    /// What becomes of the cases under way.
    pub running: &'static str,
    /// Why, as an office would say.
    pub why: &'static str,
}

macro_rules! changes {
    ($($id:literal $process:literal $parameter:literal: $before:literal => $after:literal, from $from:literal, $why:literal;)*) => {
        &[$(Change {
            id: $id,
            process: $process,
            parameter: $parameter,
            before: concat!("values: { 2015-12-01: ", $before, " }"),
            after: concat!("values: { 2015-12-01: ", $before, ", ", $from, ": ", $after, " }"),
            from: $from,
            running: "keep their version",
            why: $why,
        }),*]
    };
}

/// The changes.
#[rustfmt::skip]
pub const CHANGES: &[Change] = changes![
    "R01" "financing_demand" "claim_slots": "3" => "5", from "2020-07-01", "需求多，名额不够";
    "R02" "financing_demand" "evaluation_limit": "5天 顺延" => "3天 顺延", from "2020-07-01", "提速：评估审批不超过三天";
    "R03" "financing_demand" "evaluation_limit": "5天 顺延" => "5工作日", from "2020-07-01", "改按工作日计算";
    "R04" "financing_demand" "gate_mode": "not_before" => "due_by", from "2020-07-01", "“7天”改读为最迟期限";
    "R05" "financing_demand" "demand_validity": "90天" => "60天", from "2020-10-01", "需求有效期缩短";
    "R06" "financing_demand" "claim_cap_scope": "concurrent" => "lifetime", from "2021-01-01", "三家改为累计";
    "R07" "financing_demand" "offer_validity": "30天 顺延" => "15天 顺延", from "2020-07-01", "报价有效期减半";
    "R08" "financing_demand" "rating_limit": "30天" => "60天", from "2020-07-01", "评价时间放宽";
    "R09" "registration" "district_review_limit": "5工作日" => "3工作日", from "2020-07-01", "一网通办提速";
    "R10" "registration" "city_scope": "full" => "sample", from "2021-01-01", "复审改为抽查";
    "R11" "registration" "other_requires_reason": "true" => "false", from "2021-01-01", "第十类不再说明理由";
    "R12" "registration" "requalify_every": "12个月" => "24个月", from "2021-01-01", "资格复核改为两年一次";
];

/// The other cities: profile, city, mode, process, and the parameters that differ.
pub const PROFILES: &[[&str; 5]] = &[
    ["beijing_grab", "北京", "抢单", "financing_demand", "selection_required=false"],
    ["shenzhen_match", "深圳", "一键匹配", "financing_demand", "evaluation_limit=3天 顺延; claim_slots=5"],
    ["hangzhou_1_2_x", "杭州", "1+2+X", "financing_demand", "gate_mode=none"],
    [
        "yantai_offline",
        "烟台",
        "实体大厅",
        "financing_demand",
        "offline_after=1; offline_contact_limit=1工作日",
    ],
    ["changchun", "长春", "线上线下", "financing_demand", "demand_validity=180天"],
    ["nanning_first_loan", "南宁", "首贷续贷", "financing_demand", "reclaim_max=2; offer_validity=60天 顺延"],
    ["fujian_store", "福建", "产品超市", "financing_demand", "claim_slots=1"],
    ["hainan_fund", "海南", "基金增信", "financing_demand", "disbursement_limit=60天 顺延"],
];
