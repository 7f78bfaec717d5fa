//! A PostgreSQL of a test's own, with its tables. Gone with the test.

use std::sync::Arc;

use crate::ground::{prepare, skipped};

pub use chaos::server::Server;

/// Starts one and makes the tables; `None` where PostgreSQL is not installed.
pub fn start() -> Option<Arc<Server>> {
    let Some(server) = Server::start().unwrap() else {
        skipped("PostgreSQL is not installed: its storms are not tried");
        return None;
    };
    prepare(&server.url());
    Some(Arc::new(server))
}
