//! A shape as JSON Schema Draft 7, what YAML language servers read for completion and hovering.

use super::{KeyShape, MapShape, Shape, TITLE};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The schema of a document of this shape. `id` is its `$id`.
pub fn json_schema(shape: &Shape, id: &str) -> Value {
    let mut named = BTreeMap::new();
    let root = value(shape, &mut named);
    let mut schema = json!({ "$schema": "http://json-schema.org/draft-07/schema#", "$id": id });
    if let (Some(schema), Value::Object(root)) = (schema.as_object_mut(), root) {
        schema.extend(root);
        let definitions = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        schema.insert("definitions".into(), Value::Object(definitions.collect()));
    }
    schema
}

/// Named maps met so far; nothing while one is being made, so that shapes may contain themselves.
type Named = BTreeMap<&'static str, Option<Value>>;

fn value(shape: &Shape, named: &mut Named) -> Value {
    match shape {
        Shape::Text | Shape::Formula | Shape::Name(_) | Shape::Period => {
            json!({ "type": ["string", "number"] })
        }
        Shape::Number => json!({ "type": ["number", "string"] }),
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Date => json!({ "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" }),
        Shape::Title => json!({ "anyOf": [{ "type": "string" }, map_reference(&TITLE, named)] }),
        Shape::OneOf(words) => json!({
            "enum": words.iter().map(|word| word.word).collect::<Vec<_>>(),
            "enumDescriptions": words.iter().map(|word| format!("{} / {}", word.zh, word.en)).collect::<Vec<_>>(),
        }),
        Shape::List(item) => json!({ "type": "array", "items": value(item, named) }),
        Shape::Map(shape) => map_reference(shape, named),
        Shape::Either(shapes) => {
            json!({ "anyOf": shapes.iter().map(|shape| value(shape, named)).collect::<Vec<_>>() })
        }
        Shape::Any => json!({}),
    }
}

fn map_reference(shape: &MapShape, named: &mut Named) -> Value {
    if !named.contains_key(shape.name) {
        named.insert(shape.name, None);
        let made = map(shape, named);
        named.insert(shape.name, Some(made));
    }
    json!({ "$ref": format!("#/definitions/{}", shape.name) })
}

fn map(shape: &MapShape, named: &mut Named) -> Value {
    let properties: Map<String, Value> =
        shape.keys.iter().map(|key| (key.name.to_owned(), property(key, named))).collect();
    let required: Vec<&str> = shape.keys.iter().filter(|key| key.required).map(|key| key.name).collect();
    let open = shape.open.map_or(json!(false), |open| value(&open.shape, named));
    let mut map = json!({ "type": "object", "properties": properties, "additionalProperties": open });
    if !required.is_empty() {
        map["required"] = json!(required);
    }
    map
}

/// Draft 7 ignores what stands beside `$ref`, so a described reference is wrapped.
fn property(key: &KeyShape, named: &mut Named) -> Value {
    let mut schema = match value(&key.shape, named) {
        reference if reference.get("$ref").is_some() => json!({ "allOf": [reference] }),
        plain => plain,
    };
    schema["title"] = json!(format!("{} / {}", key.zh, key.en));
    schema["description"] = json!(format!("{}\n{}\n\n{}", key.zh, key.en, key.example));
    schema["examples"] = json!([key.example]);
    schema
}
