//! The words of every problem the server itself can have: one table, both languages, what happened and what to do.

use machine::ids::Bilingual;

macro_rules! table {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $zh:literal, $en:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $code;)*

        /// Code, Chinese, English.
        pub const TABLE: &[(&str, &str, &str)] = &[$(($code, $zh, $en)),*];
    };
}

table! {
    /// No case, or none for this viewer.
    UNKNOWN_CASE = "unknown_case", "没有这个件，或不归您看", "There is no such case, or it is not yours to see";
    /// No process.
    UNKNOWN_PROCESS = "unknown_process", "没有这个流程或这个版本", "There is no such process or definition";
    /// No task.
    UNKNOWN_TASK = "unknown_task", "没有这项待办，或已经办完", "There is no such task, or it is done";
    /// No timer.
    UNKNOWN_TIMER = "unknown_timer", "没有这个时限，或已经结束", "There is no such timer, or it has ended";
    /// No run.
    UNKNOWN_RUN = "unknown_run", "没有这个办理方", "The case has no such run";
    /// Nothing going out.
    UNKNOWN_DELIVERY = "unknown_delivery", "没有这条待发送内容，或已经处理", "There is no such delivery, or it was dealt with";
    /// No page.
    UNKNOWN_PATH = "unknown_path", "没有这个地址", "There is nothing at this address";
    /// Another method.
    WRONG_METHOD = "wrong_method", "这个地址不支持这种请求方法", "This address does not take this method";
    /// Nobody known.
    NOT_LOGGED_IN = "not_logged_in", "请先登录，或带上令牌", "Log in, or send a token";
    /// A wrong password.
    WRONG_LOGIN = "wrong_login", "账号或口令不对", "The account or the password is wrong";
    /// From another site.
    CROSS_SITE = "cross_site", "请求来自别的网站，没有办理", "The request came from another site and was not carried out";
    /// A role is missing.
    FORBIDDEN = "forbidden", "您的角色不能办理", "Your role may not do this";
    /// The role is not theirs.
    NOT_YOUR_ROLE = "not_your_role", "您没有这个角色", "You do not have this role";
    /// The JSON is none.
    BAD_JSON = "bad_json", "请求内容不是正确的 JSON", "The body is not correct JSON";
    /// The JSON says something else.
    BAD_BODY = "bad_body", "请求内容和接口说明不符", "The body is not what this address takes";
    /// Another kind of body.
    BAD_TYPE = "bad_type", "请求内容须是 application/json", "The body has to be application/json";
    /// Too slow.
    TOO_SLOW = "too_slow", "请求内容太久没有传完", "The body did not come in time";
    /// Too much before the body.
    HEADERS_TOO_LARGE = "headers_too_large", "请求头太长", "The headers are too large";
    /// Too much.
    TOO_LARGE = "too_large", "请求内容太大", "The body is too large";
    /// The parameters.
    BAD_QUERY = "bad_query", "地址里的参数不对", "A parameter in the address is wrong";
    /// The path.
    BAD_PATH = "bad_path", "地址写得不对", "The address is written wrongly";
    /// A value of the wrong type.
    BAD_VALUE = "bad_value", "有一项内容的类型不对", "A value is of the wrong type";
    /// A cursor.
    BAD_CURSOR = "bad_cursor", "翻页标记不对，请从头翻起", "The cursor cannot be used; begin at the first page";
    /// A key.
    BAD_KEY = "bad_key", "Idempotency-Key 须是 1 到 100 个可见的英文字符", "An Idempotency-Key is 1 to 100 visible ASCII characters";
    /// From no node of ours.
    BAD_HOP = "bad_hop", "这个请求不是本系统的节点转来的", "The request was not passed on by a node of this system";
    /// A condition.
    BAD_MATCH = "bad_match", "If-Match 须是读取时得到的 ETag", "If-Match takes the ETag that was given when reading";
    /// The key was used.
    KEY_REUSED = "key_reused", "这个 Idempotency-Key 已用于另一个请求", "This Idempotency-Key was used for another request";
    /// The number is taken.
    CASE_EXISTS = "case_exists", "这个编号已经用了", "This number is taken";
    /// Somebody was there first.
    CHANGED = "changed", "您读取之后，这个件已有变化，请重新读取", "The case changed since you read it; read it again";
    /// It waits for a person.
    CASE_STOPPED = "case_stopped", "这个件出了异常，等待管理员处理", "The case is stopped by an incident and waits for an administrator";
    /// Not an outcome.
    NOT_AN_OUTCOME = "not_an_outcome", "这项待办不能这样办结", "This does not decide the task";
    /// Nobody of that name.
    UNKNOWN_PERSON = "unknown_person", "没有这个人，或没有相应角色", "There is no such person in that role";
    /// A reason is needed.
    REASON_MISSING = "reason_missing", "请写明理由", "A reason is needed";
    /// A text with findings.
    NOT_COMPILED = "not_compiled", "流程有错误，没有发布", "The process has errors and was not put into force";
    /// Too much at once.
    OVERLOADED = "overloaded", "排队太多，请稍后再试", "Too much is waiting; try again later";
    /// Closing.
    CLOSING = "closing", "服务正在停止，请稍后再试", "The server is closing; try again shortly";
    /// Nobody knows.
    OUTCOME_UNKNOWN = "outcome_unknown", "暂时无法确认是否已办理，请用同一个 Idempotency-Key 再发一次", "Nobody can say yet whether it was done; send it again with the same Idempotency-Key";
    /// Another node.
    ELSEWHERE = "elsewhere", "这个件由另一节点办理，请稍后再试", "Another node works on this case; try again shortly";
    /// Others keep writing.
    CONTENDED = "contended", "这个件正被频繁修改，请稍后再试", "Others keep changing this case; try again shortly";
    /// The store is away.
    UNAVAILABLE = "unavailable", "数据库暂时用不了，请稍后再试", "The database does not answer; try again later";
    /// It cannot do its work.
    NOT_READY = "not_ready", "服务现在不能办理", "The server cannot do its work now";
    /// A reason: the database.
    DATABASE_AWAY = "database_away", "数据库没有应答", "The database does not answer";
    /// A reason: the tables.
    TABLES_DIFFER = "tables_differ", "数据库的表和程序的版本不一致", "The tables are not those of this program";
    /// A reason: deadlines wait.
    DEADLINES_HELD = "deadlines_held", "时限处理已暂停，等人确认", "Deadlines are held until a person lets them go";
    /// A reason: no leases.
    NO_LEASES = "no_leases", "本节点没有分到任何案件", "This node holds no share of the cases";
    /// A reason: nobody can pass on.
    NO_ADDRESS = "no_address", "有节点没有写明地址，请求转不过去", "A node gave no address: requests cannot be passed on to it";
    /// A reason: the disk.
    DISK_FULL = "disk_full", "磁盘空间不够", "The disk has too little room";
    /// A reason: the calendar.
    CALENDAR_ENDS = "calendar_ends", "节假日表快用完或已用完", "The calendar ends soon, or has ended";
    /// A reason: nothing goes out.
    OUTBOX_STUCK = "outbox_stuck", "有内容久久发不出去", "Something has not gone out for a long time";
    /// A reason: parked things.
    DELIVERIES_PARKED = "deliveries_parked", "有内容已停止重发，等人处理", "Deliveries are parked and wait for a person";
    /// A reason: incidents.
    CASES_STOPPED = "cases_stopped", "有件出了异常，等人处理", "Cases are stopped by incidents and wait for a person";
    /// A settlement's files are damaged.
    SETTLEMENT_UNREADABLE = "settlement_unreadable", "这次试算存下的文件读不出来，请交给管理员", "The files that were kept of this run cannot be read; tell an administrator";
    /// Our bug.
    BUG = "bug", "程序出了缺陷，不是您的错。请把请求编号交给维护者", "The program has a bug; it is not your fault. Give the request's id to the maintainers";
}

/// The sentence of a code.
pub fn of(code: &str) -> Bilingual {
    let found = TABLE.iter().find(|(known, ..)| *known == code);
    found.map_or_else(|| Bilingual::new(code, code), |(_, zh, en)| Bilingual::new(*zh, *en))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_stands_once_and_speaks_both_languages() {
        for (at, (code, zh, en)) in TABLE.iter().enumerate() {
            assert!(TABLE[..at].iter().all(|(other, ..)| other != code), "{code} twice");
            assert!(!zh.is_ascii() && en.is_ascii(), "{code}");
        }
    }
}
