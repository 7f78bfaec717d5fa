//! Every kind of connector, one line each.

use std::sync::Arc;

use ports::clock::Clock;
use ports::connector::Connector;

use crate::letter::Clerk;
use crate::settings::{Settings, Unsuitable};

/// What connectors are given by whoever runs them.
#[derive(Clone)]
pub struct World {
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Who writes letters; none where nobody is written to.
    pub clerk: Option<Arc<dyn Clerk>>,
    /// The latest signed checkpoint of the history, which partners keep as witnesses.
    pub checkpoint: Option<Arc<dyn Fn() -> Option<String> + Send + Sync>>,
}

/// Makes a connector from its settings.
pub type Open = fn(Settings, &World) -> Result<Arc<dyn Connector>, Vec<Unsuitable>>;

/// The kinds there are, by the name configurations call them.
pub const KINDS: &[(&str, Open)] = &[
    ("smtp", crate::smtp::open),
    ("webhook", crate::webhook::open),
    ("folder", crate::folder::open),
    #[cfg(feature = "amqp")]
    ("amqp", crate::amqp::open),
];

/// Opens a connector of a kind.
///
/// # Errors
/// Everything that is wrong with its settings; the kind is unknown.
pub fn open(
    kind: &str,
    mut settings: Settings,
    world: &World,
) -> Result<Arc<dyn Connector>, Vec<Unsuitable>> {
    let Some((_, open)) = KINDS.iter().find(|(name, _)| *name == kind) else {
        let names: Vec<&str> = KINDS.iter().map(|(name, _)| *name).collect();
        let hint = if kind == "amqp" { "; this program was built without message queues" } else { "" };
        let problem = format!("there is no kind `{kind}`; there are {}{hint}", names.join(", "));
        let connector = settings.connector().to_owned();
        settings.wrong("kind", problem.clone());
        return Err(vec![Unsuitable { connector, key: "kind".to_owned(), problem }]);
    };
    open(settings, world)
}
