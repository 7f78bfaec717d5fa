//! Ways to the outside: mail, signed webhooks, message queues, letters in a folder. One file each.
//!
//! A connector tries once and says what came of it; when to try again, and whether at all, is decided by the one
//! who hands it over. Nothing here decides anything about a case. Units: times are
//! instants and spans of the caller's clock. Errors: a delivery that failed is a
//! [`ports::connector::Delivery`], a wrong setting is a [`settings::Unsuitable`], a wrong template is a
//! [`render::Fault`].

#[cfg(feature = "amqp")]
pub mod amqp;
pub mod event;
pub mod folder;
pub mod guard;
pub mod incoming;
pub mod json;
pub mod letter;
pub mod mail;
pub mod offer;
pub mod preview;
pub mod registry;
pub mod render;
pub mod secret;
pub mod settings;
pub mod sign;
pub mod smtp;
pub mod webhook;
