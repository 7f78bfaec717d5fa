//! All tests of the language in one program: twenty of their own take minutes to link.

mod lints_findings;
mod lints_laws;
mod lints_pages;
mod lints_workflows;
mod process;
mod process_constructs;
mod process_files;
mod process_pages;
mod process_reference;
mod process_schema;
mod process_wrong;
mod rules_pages;
mod table_docs;
mod table_pages;
mod tables;
mod text_any_bytes;
mod text_format;
mod text_keys;
mod text_pages;
mod text_render;
mod text_traps;
mod words;
