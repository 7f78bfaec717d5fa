//! Who is asking: accounts of a file, passwords, tokens, sessions.

pub mod keeper;
pub mod password;
pub mod register;
pub mod secret;
pub mod session;
pub mod shape;

pub use keeper::Identities;
pub use register::{Account, Register, Sees};
