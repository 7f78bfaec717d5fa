//! `/settlement`: where the results of a year are shown. Without one, the page says how to compute it.

use axum::response::Response;
use console::pages::settlement::settlement;

use super::visitor::Insider;

/// The page.
pub async fn show(Insider { visitor, .. }: Insider) -> Response {
    visitor.page(settlement(&visitor.frame(), None))
}
