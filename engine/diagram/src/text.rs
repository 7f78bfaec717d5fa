//! Text.
use crate::{Lang, Overlay, Picture};
/// x
pub const COLUMNS: usize = 100;
/// x
pub fn text(_p: &Picture, _o: &Overlay, _l: Lang) -> String {
    String::new()
}
