//! The files pages ask for. They are part of the program: nothing is fetched from elsewhere.

/// A file a page asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asset {
    /// Its path below `/assets/`.
    pub name: &'static str,
    /// Its media type.
    pub media: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// Every file of the console itself. The ladder's style sheet comes from the crate that draws it.
pub const ASSETS: &[Asset] = &[
    Asset { name: "app.css", media: "text/css; charset=utf-8", text: include_str!("assets/app.css") },
    Asset { name: "app.js", media: "text/javascript; charset=utf-8", text: include_str!("assets/app.js") },
    Asset { name: "mark.svg", media: "image/svg+xml", text: include_str!("assets/mark.svg") },
];

/// What a page may load and run: only what this server itself serves, and no script in a page.
pub const CONTENT_SECURITY_POLICY: &str =
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
