//! A disk that is really full: a small one, filled and emptied again.

use std::path::Path;
use std::process::{Command, Stdio};

use chaos::crowd::{Crowd, Program, until};
use chaos::load::Kind;
use chaos::storm::Seen;

use crate::ground::{Ground, LONG, one, prepare, skipped};

/// Where a small disk is to be.
const SMALL: &str = "CHARTER_TEST_CHAOS_SMALL";
/// The small disk: the log of SQLite fills it long before it is copied back.
const SIZE: &str = "size=6m";
/// What stands in the way until it is taken away.
const BALLAST: usize = 2 << 20;
/// Answers that show that work goes on.
const ANSWERS: usize = 30;

fn answers(program: &mut Program, more: usize) {
    let goal = program.answered().len() + more;
    let came = until(LONG, || (program.answered().len() >= goal).then_some(()));
    assert!(came.is_some(), "no answers: {:?} {}", program.ended(), program.said());
}

fn comes_to_rest(crowd: &mut Crowd) {
    let mut last = crowd.start(1, Kind::Quiet).unwrap();
    assert!(last.end_within(LONG).is_some_and(|status| status.success()), "{}", last.said());
}

/// How often a diary says of something why it was not done.
fn undone(folder: &Path, why: &str) -> usize {
    let all = chaos::diary::read(folder).unwrap();
    let said = all.deeds.values().flat_map(|deed| &deed.heard);
    said.filter(|(_, heard)| matches!(heard, chaos::diary::Heard::Not { why: said } if said == why)).count()
}

#[test]
fn a_full_disk_refuses_work_and_loses_none_and_room_is_enough_to_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let small = folder.path().display().to_string();
    // A name space of its own: the small disk is gone with it, however this test ends.
    let own = std::env::current_exe().unwrap();
    let try_it = Command::new("unshare").args(["-rm", "true"]).stderr(Stdio::null()).status();
    if !try_it.is_ok_and(|status| status.success()) {
        return skipped("no name spaces here: the full disk is not tried");
    }
    let inside = Command::new("unshare")
        .arg("-rm")
        .arg(own)
        .args(one("disk::inside_a_small_disk"))
        .env(SMALL, small)
        .output()
        .unwrap();
    let (out, said) = (String::from_utf8_lossy(&inside.stdout), String::from_utf8_lossy(&inside.stderr));
    assert!(inside.status.success(), "{out}\n{said}");
}

#[test]
#[ignore = "no test by itself: it is run where the small disk is"]
fn inside_a_small_disk() {
    let Some(small) = std::env::var_os(SMALL) else { return };
    let small = Path::new(&small);
    let mount = |options: &str| {
        let status = Command::new("mount").args(["-t", "tmpfs", "-o", options, "none"]).arg(small).status();
        assert!(status.unwrap().success());
    };
    mount(SIZE);
    std::fs::write(small.join("ballast"), vec![1; BALLAST]).unwrap();
    let ground = Ground::new();
    let database = format!("sqlite:{}", small.join("full.db").display());
    prepare(&database);
    let mut crowd = ground.crowd(&database);
    let mut program = crowd.start(0, Kind::Crowd).unwrap();
    let full = until(LONG, || (undone(ground.diaries(), "disk") > 20).then_some(()));
    assert!(full.is_some(), "it never was full: {:?} {}", program.ended(), program.said());
    // Room again, and the same program goes on.
    std::fs::remove_file(small.join("ballast")).unwrap();
    answers(&mut program, ANSWERS);
    assert_eq!(program.ended(), None, "{}", program.said());
    program.kill();
    mount("remount,size=200m");
    comes_to_rest(&mut crowd);
    ground.verdict(&database, &Seen::default());
}
