//! Values and facts as JSON, for programs.
