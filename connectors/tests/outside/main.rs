//! The connectors against real servers on loopback.

#[cfg(all(test, feature = "amqp"))]
mod amqp;
#[cfg(test)]
mod folder;
#[cfg(test)]
mod smtp;
#[cfg(test)]
mod webhook;
#[cfg(test)]
mod world;
