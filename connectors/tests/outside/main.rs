//! The connectors against real servers on loopback.

#[cfg(feature = "amqp")]
mod amqp;
mod folder;
mod smtp;
mod webhook;
mod world;
