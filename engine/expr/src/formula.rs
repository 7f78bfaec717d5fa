//! The formula language: a small, typed subset of FEEL.
