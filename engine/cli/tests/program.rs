//! The program as people and scripts meet it: what it prints, how it ends, what it leaves on disk.

mod program {
    pub mod desk;

    mod check;
    mod evaluate;
    mod help;
    mod hostile;
    mod play;
}
