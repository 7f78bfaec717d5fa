//! What a fault of the store means for whoever typed a command: one table, from its cause to words, cure and exit code.
//! What it means over HTTP stands beside it in docs/operations/faults.md, which a test holds to both.

use language::words;
use language::words::Words;
use ports::fault::{Cause, Fault};

use crate::exit::{Exit, Failure};

/// A line of the table: what happened, what to do about it, how the program ends.
struct Line {
    what: (&'static str, &'static str),
    cure: (&'static str, &'static str),
    exit: Exit,
}

const fn line(exit: Exit, what: (&'static str, &'static str), cure: (&'static str, &'static str)) -> Line {
    Line { what, cure, exit }
}

fn of(cause: Cause) -> Line {
    match cause {
        Cause::Unreachable => line(
            Exit::Unreachable,
            ("连不上数据库", "the database cannot be reached"),
            (
                "看看地址、网络和数据库服务是否正常",
                "check the address, the network and whether the database is running",
            ),
        ),
        Cause::Busy => line(
            Exit::Conflict,
            ("数据库正被占用", "the database is busy"),
            ("等占用它的程序结束，或停掉它", "wait for the program that holds it, or stop it"),
        ),
        Cause::Full => line(
            Exit::Unreachable,
            ("磁盘满了", "the disk is full"),
            ("腾出空间再试", "make room and try again"),
        ),
        Cause::Disk => line(
            Exit::Unreachable,
            ("磁盘读写出错", "reading or writing the disk failed"),
            ("查磁盘和系统日志；修好后重新启动", "look at the disk and the system's log; then start again"),
        ),
        Cause::Damaged => line(
            Exit::Found,
            ("数据库里的内容自相矛盾", "what is stored contradicts itself"),
            ("从备份恢复，再运行 charter audit verify", "restore a backup, then run charter audit verify"),
        ),
        Cause::OldSchema => line(
            Exit::Conflict,
            ("数据库的表还是旧的", "the tables are old"),
            ("先备份，再运行 charter migrate", "take a backup, then run charter migrate"),
        ),
        Cause::NewSchema => line(
            Exit::Conflict,
            ("数据库比这个程序新", "the database is newer than this program"),
            ("换成新版本的程序", "install the newer program"),
        ),
        Cause::Unsuitable => line(
            Exit::Unreachable,
            ("这个地方不能存放数据", "nothing can be kept at this place"),
            (
                "写成 sqlite:文件（本机磁盘）或 postgres://用户@主机/库",
                "give sqlite:FILE on a local disk, or postgres://USER@HOST/DATABASE",
            ),
        ),
        Cause::ClockBack => line(
            Exit::Unreachable,
            ("时钟比已经写下的时间还早", "the clock stands before what was already written"),
            ("用 NTP 对时，再启动", "set the clock by NTP, then start again"),
        ),
        Cause::ClockAhead => line(
            Exit::Unreachable,
            ("时钟不可信，期限暂停", "the clock is not to be believed, and deadlines are held"),
            ("先对时，再 charter timer release", "set the clock right, then charter timer release"),
        ),
        Cause::TooMuch => line(
            Exit::Found,
            ("一次要存的太多", "more at once than the store takes"),
            ("分成几次", "do it in parts"),
        ),
        Cause::Bug => line(
            Exit::Bug,
            ("程序出了缺陷", "the program has a bug"),
            ("请把这段话交给维护者", "give this text to the maintainers"),
        ),
    }
}

/// A fault as the program tells it.
pub fn failure(fault: &Fault) -> Failure {
    let (line, detail) = (of(fault.cause), &fault.detail);
    let (zh, en) = line.what;
    Failure::new(line.exit, words!("{zh}：{detail}", "{en}: {detail}")).advise(cure(fault.cause))
}

/// What to do about a cause.
pub fn cure(cause: Cause) -> Words {
    let (zh, en) = of(cause).cure;
    words!("{zh}", "{en}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use server::problem;

    #[test]
    fn the_document_says_of_every_cause_what_the_program_does() {
        let document = include_str!("../../../docs/operations/faults.md");
        let lines: Vec<Vec<&str>> = document
            .lines()
            .filter_map(|line| line.strip_prefix("| "))
            .map(|line| line.trim_end_matches('|').split('|').map(str::trim).collect())
            .collect();
        for cause in Cause::ALL {
            let line = lines.iter().find(|line| line[0] == cause.name());
            let line = line.unwrap_or_else(|| panic!("{} is not described", cause.name()));
            let (code, status) = problem::of_cause(cause);
            let wanted = [
                of(cause).exit.number().to_string(),
                format!("[{code}](../problems/{code}.md)"),
                status.as_u16().to_string(),
            ];
            assert_eq!(line[1..4], wanted, "{}", cause.name());
            let told = failure(&Fault::new(cause, ports::fault::Retry::Never, "x"));
            assert!(!told.words.zh.is_ascii() && told.words.en.is_ascii(), "{told:?}");
        }
    }
}
