//! What a form brought: pairs of texts, and the values they stand for.

use axum::extract::{FromRequest, Request};
use serde_json::{Map, Value as Json};

use crate::office::view::FormFieldView;
use crate::problem::Problem;
use crate::wire::body::whole;

/// A form as it was filled in.
pub struct Filled(Vec<(String, String)>);

impl<S: Send + Sync> FromRequest<S> for Filled {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let bytes = whole(request.into_body()).await?;
        Ok(Filled(form_urlencoded::parse(&bytes).into_owned().collect()))
    }
}

impl Filled {
    /// What was written in a field; nothing counts as nothing.
    pub fn text(&self, name: &str) -> Option<String> {
        let found = self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.trim().to_owned());
        found.filter(|value| !value.is_empty())
    }

    /// The values of a form's own fields, as the API takes them. What is left empty is not sent.
    pub fn data(&self, form: &[FormFieldView]) -> Map<String, Json> {
        let mut data = Map::new();
        for field in form {
            if let Some(text) = self.text(&format!("data.{}", field.name)) {
                data.insert(field.name.clone(), value(&field.kind, text));
            }
        }
        data
    }
}

/// A text as the kind of value its field wants; what does not fit stays a text, and is refused with its place.
fn value(kind: &str, text: String) -> Json {
    match kind {
        "bool" if text == "true" || text == "false" => Json::Bool(text == "true"),
        list if list.starts_with("list of ") => {
            let of = &list["list of ".len()..];
            let items = text.split([',', '，', '、']).map(str::trim).filter(|item| !item.is_empty());
            Json::Array(items.map(|item| value(of, item.to_owned())).collect())
        }
        "value" => serde_json::from_str(&text).unwrap_or(Json::String(text)),
        _ => Json::String(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_what_their_fields_want() {
        let table = [
            ("bool", "true", r#"true"#),
            ("bool", "maybe", r#""maybe""#),
            ("list of text", "工行，农行, 建行", r#"["工行","农行","建行"]"#),
            ("money", "300万元", r#""300万元""#),
            ("value", "{\"a\":1}", r#"{"a":1}"#),
            ("value", "{", r#""{""#),
        ];
        for (kind, text, wanted) in table {
            assert_eq!(value(kind, text.to_owned()).to_string(), wanted, "{kind} {text}");
        }
    }
}
