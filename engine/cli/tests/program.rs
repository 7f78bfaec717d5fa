//! The program as people and scripts meet it: what it prints, how it ends, what it leaves on disk.

#![expect(clippy::unwrap_used, reason = "a test that cannot do its work fails")]

mod program {
    pub mod desk;

    mod check;
    mod evaluate;
    mod help;
    mod hostile;
    mod pages;
    mod play;
    mod settle;
}
