//! The machines on the other side, played: the size standard and the credit company answer at once.

use city::enterprises::size_of;
use expr::value::Value;
use machine::fact::What;
use ports::connector::{Connector, Delivering, Delivery, Request};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// A machine that answers.
pub struct Bureau(pub &'static str);

/// The machines that the city's processes call.
pub const BUREAUS: [&str; 2] = ["size_standard", "credit_system"];

fn part<'v>(request: &'v Value, name: &str) -> Option<&'v Value> {
    request.as_context().and_then(|all| all.get(name))
}

/// The size by the standard; small when the class is not in the city's table.
fn size(request: &Value) -> Value {
    let number = |name: &str| part(request, name).and_then(Value::as_number).unwrap_or_default();
    let wan = |name: &str| (number(name) / Decimal::from(10_000)).to_u64().unwrap_or(0);
    let class = part(request, "industry").and_then(Value::as_text).unwrap_or_default();
    let employees = number("employees").to_u64().unwrap_or(0);
    let size = size_of(class, employees, wan("revenue"), wan("assets"));
    Value::context([("size", Value::text(size.map_or("small", |size| size.name())))])
}

impl Connector for Bureau {
    fn name(&self) -> &str {
        self.0
    }

    fn deliver<'a>(&'a self, request: &'a Request) -> Delivering<'a> {
        Box::pin(async move {
            let What::Called { connector, request, .. } = &request.fact.what else {
                return Delivery::Delivered { answer: Value::Null };
            };
            let answer = match connector.split('.').nth(1) {
                Some("classify") => size(request),
                Some("activate") => {
                    let code = part(request, "code").cloned().unwrap_or_default();
                    Value::context([("code", code), ("verified", Value::from(true))])
                }
                _ => Value::Null,
            };
            Delivery::Delivered { answer }
        })
    }
}
