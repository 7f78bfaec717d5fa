//! Sample accounts, one for each role, of organisations that have something to do.

use std::fmt::Write;

use city::City;
use city::enterprises::DISTRICTS;
use language::words::{Lang, Words};
use server::identity::secret;
use server::pages::stage::SampleAccount;

/// More enterprises than this are not named in the register.
const NAMED_MAX: usize = 2_000;

/// A sample account.
pub struct Sample {
    /// What a click logs in to.
    pub id: &'static str,
    /// The person.
    pub name: &'static str,
    /// Its organisation, if it has one.
    pub organisation: Option<String>,
    /// Its roles.
    pub roles: &'static [&'static str],
    /// What to do with it, in Chinese and English.
    pub hint: (&'static str, &'static str),
}

impl Sample {
    /// As the way in shows it.
    pub fn shown(&self) -> SampleAccount {
        let (zh, en) = self.hint;
        SampleAccount { account: self.id.to_owned(), hint: Words::new(zh, en) }
    }
}

/// The accounts, and the enterprise of the newest demand that waits for banks.
pub fn samples(city: &City) -> Vec<Sample> {
    let waiting = city.demands.iter().rev().find(|demand| !demand.funded && !demand.directed);
    let enterprise = &city.enterprises[waiting.map_or(0, |demand| demand.enterprise as usize)];
    let district = DISTRICTS[usize::from(enterprise.district)].0;
    let bank = |number: u32| Some(format!("B{number:02}"));
    let city_office = || Some("city".to_owned());
    let sample = |id, name, organisation, roles, hint| Sample { id, name, organisation, roles, hint };
    let banker: &[&str] = &["bank_clerk", "bank_approver", "institution"];
    vec![
        sample(
            "enterprise",
            "周敏",
            Some(enterprise.uscc.clone()),
            &["ent_agent", "ent_legal_rep"],
            ("看本企业的需求和注册，选报价", "its own demands and registration; selects an offer"),
        ),
        sample(
            "bank",
            "钱程",
            bank(1),
            banker,
            ("关注一项需求，五天内报价", "claims a demand, decides within five days"),
        ),
        sample("bank-b", "孙悦", bank(2), banker, ("第二家银行", "the second bank")),
        sample("bank-c", "李文", bank(3), banker, ("第三家银行", "the third bank")),
        sample("bank-d", "吴越", bank(4), banker, ("第四家：会被拒绝", "the fourth: is refused")),
        sample(
            "district",
            "陆佳",
            Some(district.to_owned()),
            &["district_reviewer", "district_supervisor"],
            ("区县初审；企业新办注册后来这里", "the district review; a new registration arrives here"),
        ),
        sample(
            "city-a",
            "顾宁",
            city_office(),
            &["city_reviewer", "city_officer"],
            ("市局复审，拟办；年度结算经办", "the city proposes; the settlement's officer"),
        ),
        sample(
            "city-b",
            "朱昕",
            city_office(),
            &["city_reviewer", "city_officer"],
            ("第二人复核", "a second person confirms"),
        ),
        sample(
            "supervisor",
            "徐清",
            city_office(),
            &["city_supervisor", "city_head"],
            ("督办、暂停、恢复；批准拨付", "suspends and reinstates; approves payments"),
        ),
        sample(
            "treasury",
            "赵宏",
            Some("treasury".to_owned()),
            &["treasury"],
            ("市财政局：联审、拨付", "the treasury: reviews and pays"),
        ),
        sample(
            "operator",
            "何川",
            Some("platform".to_owned()),
            &["platform_operator"],
            ("线下撮合、发件箱、年度结算", "offline matching, the outbox, the settlement"),
        ),
        sample("auditor", "陶立", None, &["auditor"], ("只看不改", "reads everything, changes nothing")),
        sample("admin", "任远", None, &["administrator"], ("管理引擎", "runs the engine")),
    ]
}

/// The file of accounts, and a token for the administrator's programs; `None` when the host has no random bytes.
pub fn file(city: &City, samples: &[Sample], lang: Lang) -> Option<(String, String)> {
    let token = secret::new_token().ok()?;
    let mut text = String::from("organisations:\n");
    for institution in &city.institutions {
        let (id, kind) = (&institution.id, institution.kind.name().replace('_', " "));
        let _ = writeln!(text, "  {id}: {{ zh: {}, en: Example {kind} {id} }}", institution.name);
    }
    for (code, _, zh) in DISTRICTS {
        let (first, rest) = code.split_at(1);
        let _ = writeln!(text, "  {code}: {{ zh: {zh}金融办, en: {}{rest} office }}", first.to_uppercase());
    }
    text.push_str("  city: { zh: 市金融局, en: City bureau }\n  platform: { zh: 平台, en: Platform }\n  treasury: { zh: 市财政局, en: Treasury }\n");
    // Of a large city only the enterprises that somebody acts for.
    let acts = |code: &str| samples.iter().any(|sample| sample.organisation.as_deref() == Some(code));
    for enterprise in city.enterprises.iter().filter(|e| city.enterprises.len() <= NAMED_MAX || acts(&e.uscc))
    {
        let (code, zh, en) = (&enterprise.uscc, enterprise.name(), enterprise.english_name());
        let _ = writeln!(text, "  \"{code}\": {{ zh: {zh}, en: {en} }}");
    }
    text.push_str("roles:\n");
    for role in
        ["administrator", "auditor", "city_supervisor", "city_reviewer", "platform_operator", "treasury"]
    {
        let _ = writeln!(text, "  {role}: {{ sees: all }}");
    }
    let _ = writeln!(text, "tokens:\n  \"{}\": {{ account: admin, hash: \"{}\" }}", token.id, token.hash);
    text.push_str("accounts:\n");
    for sample in samples {
        let organisation = sample
            .organisation
            .as_ref()
            .map_or_else(String::new, |code| format!(" organisation: \"{code}\","));
        let english = if lang == Lang::En { " lang: en," } else { "" };
        let roles = sample.roles.join(", ");
        let _ = writeln!(
            text,
            "  {}: {{ name: {},{organisation}{english} roles: [{roles}] }}",
            sample.id, sample.name
        );
    }
    Some((text, token.whole))
}
