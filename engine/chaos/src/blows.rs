//! The blows of a storm: what each is called, what happens, what it needs.

use language::words;
use language::words::Words;

/// What happens to a program, or to what it needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Blow {
    /// SIGKILL; it is started again at once.
    Kill,
    /// SIGTERM: it has to finish and end by itself.
    Drain,
    /// SIGSTOP past the lease, then SIGCONT.
    Freeze,
    /// SIGKILL; it is started again when another node has taken its cases over.
    TakeOver,
    /// Its commits are held and it is killed while they are: whoever was answered was answered too soon.
    Held,
    /// The line to the database is cut at COMMITs for a while.
    Cut,
    /// A node hears nothing of the database and the database nothing of it, for longer than a lease; then everything
    /// that was under way arrives.
    Partition,
    /// The database is started again.
    Restart,
    /// Whatever is written finds no room for a while.
    DiskFull,
    /// Flushing fails.
    DiskFails,
    /// Whatever was written and not flushed is torn, dropped or there, by chance.
    PowerCut,
    /// The clock jumps eight days ahead and is set right.
    ClockAhead,
    /// The clock goes three days back and is set right.
    ClockBack,
}

/// What a storm has at hand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Means {
    /// Nodes share a PostgreSQL; otherwise a file of SQLite.
    pub shared: bool,
    /// The database is reached by a proxy.
    pub proxy: bool,
    /// The PostgreSQL is the storm's own.
    pub server: bool,
    /// Somebody said how the database is started again.
    pub restart: bool,
    /// Programs can be looked into while they run (`strace`).
    pub tracer: bool,
}

impl Blow {
    /// All there are.
    pub const ALL: [Blow; 13] = [
        Blow::Kill,
        Blow::Drain,
        Blow::Freeze,
        Blow::TakeOver,
        Blow::Held,
        Blow::Cut,
        Blow::Partition,
        Blow::Restart,
        Blow::DiskFull,
        Blow::DiskFails,
        Blow::PowerCut,
        Blow::ClockAhead,
        Blow::ClockBack,
    ];

    /// Its name, as `--fault` has it.
    pub fn name(self) -> &'static str {
        match self {
            Blow::Kill => "kill",
            Blow::Drain => "drain",
            Blow::Freeze => "freeze",
            Blow::TakeOver => "take-over",
            Blow::Held => "held",
            Blow::Cut => "cut",
            Blow::Partition => "partition",
            Blow::Restart => "restart",
            Blow::DiskFull => "disk-full",
            Blow::DiskFails => "disk-fails",
            Blow::PowerCut => "power-cut",
            Blow::ClockAhead => "clock-ahead",
            Blow::ClockBack => "clock-back",
        }
    }

    /// The one of this name.
    pub fn named(name: &str) -> Option<Blow> {
        Blow::ALL.into_iter().find(|blow| blow.name() == name)
    }

    /// What happens, for people.
    #[rustfmt::skip]
    pub fn words(self) -> Words {
        match self {
            Blow::Kill => words!("SIGKILL，马上重新启动", "SIGKILL, and started again at once"),
            Blow::Drain => words!("SIGTERM：十秒内自己办完、退出", "SIGTERM: it ends in order within ten seconds"),
            Blow::Freeze => words!("SIGSTOP 到租约过期以后，再 SIGCONT", "SIGSTOP past the lease, then SIGCONT"),
            Blow::TakeOver => words!("SIGKILL，另一个程序接手以后才重新启动", "SIGKILL; it comes back when another node has taken over"),
            Blow::Held => words!("提交被拖住时 SIGKILL：这时得到的回答都太早", "SIGKILL while its commits are held: an answer given then was too soon"),
            Blow::Cut => words!("在 COMMIT 执行后或送达前剪断与数据库的线路", "the line to the database is cut after a COMMIT, or before it arrives"),
            Blow::Partition => words!("一个程序与数据库互相听不见，直到租约过期；随后路上的都送到", "a node and the database do not hear each other past the lease; then all that was under way arrives"),
            Blow::Restart => words!("办件时重启数据库", "the database is started again under load"),
            Blow::DiskFull => words!("写盘时没有空间（strace 注入 ENOSPC）", "writing finds no room (strace injects ENOSPC)"),
            Blow::DiskFails => words!("落盘失败（strace 向 fsync、fdatasync 注入 EIO）", "flushing fails (strace injects EIO at fsync and fdatasync)"),
            Blow::PowerCut => words!("断电：没有落盘的写入随机丢掉、撕裂或留下", "power cut: writes not flushed are dropped, torn or there, by chance"),
            Blow::ClockAhead => words!("时钟跳前八天，再校正，由人放行期限", "the clock jumps eight days ahead, is set right, and a person lets the deadlines go"),
            Blow::ClockBack => words!("时钟倒退三天，再校正", "the clock goes three days back and is set right"),
        }
    }

    /// What it needs that is not at hand; `None` when it can be struck.
    #[rustfmt::skip]
    pub fn lacks(self, means: Means) -> Option<Words> {
        let has = |there: bool, words: Words| (!there).then_some(words);
        let nodes = || words!("要两个程序共用一个 PostgreSQL", "needs two nodes over one PostgreSQL");
        let proxy = || words!("数据库地址里没有主机名，代理插不进去", "the database's address names no host for a proxy to stand before");
        let server = || words!("要自带的 PostgreSQL（--own-postgres）", "needs a PostgreSQL of its own (--own-postgres)");
        let tracer = || words!("要能用 strace 附着到程序上", "needs strace, and the right to attach it");
        match self {
            Blow::Kill | Blow::Drain | Blow::Freeze => None,
            Blow::TakeOver => has(means.shared, nodes()),
            Blow::Cut | Blow::Partition => has(means.shared, nodes()).or_else(|| has(means.proxy, proxy())),
            Blow::Held if means.shared => has(means.proxy, proxy()),
            Blow::Held => has(means.tracer, tracer()),
            Blow::Restart => has(means.shared, nodes())
                .or_else(|| has(means.restart || means.server, words!("要 --restart COMMAND 或 --own-postgres", "needs --restart COMMAND or --own-postgres"))),
            Blow::DiskFull | Blow::DiskFails | Blow::PowerCut => {
                has(!means.shared || means.server, server()).or_else(|| has(means.tracer, tracer()))
            }
            Blow::ClockAhead | Blow::ClockBack => has(!means.shared || means.server, server()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_blow_is_found_by_its_name_and_says_what_it_needs() {
        let file = Means { tracer: true, ..Means::default() };
        let own = Means { shared: true, proxy: true, server: true, restart: false, tracer: true };
        let names = |means| {
            let possible = Blow::ALL.into_iter().filter(|blow| blow.lacks(means).is_none());
            possible.map(Blow::name).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(Means::default()), "kill drain freeze clock-ahead clock-back");
        assert_eq!(
            names(file),
            "kill drain freeze held disk-full disk-fails power-cut clock-ahead clock-back"
        );
        assert_eq!(names(own).split(' ').count(), Blow::ALL.len());
        for blow in Blow::ALL {
            assert_eq!(Blow::named(blow.name()), Some(blow));
        }
    }
}
