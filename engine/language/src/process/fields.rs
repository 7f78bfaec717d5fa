//! Data fields and the forms of events: their types, bounds and protection.

use expr::value::Type;
use machine::chart::{EventDecl, Field, FieldType, FormField, KnownFrom, Protection, RecordField};
use machine::ids::{EventIx, FieldIx, Name};

use crate::codes;
use crate::diagnostic::{Diagnostic, Fix};
use crate::suggest::nearest;
use crate::tree::Node;
use crate::words;

use super::desk::{Desk, Sort};
use super::header::Common;
use super::literal;
use super::names;
use super::outline::{Declared, Outline, declared, narrow};
use super::pick;

/// The types data may have, as written.
pub(crate) const TYPES: &[&str] = &[
    "text", "integer", "decimal", "money", "rate", "date", "instant", "duration", "period", "bool", "choice",
    "uscc", "file", "record",
];

/// The types of a chart's fields and forms, before their bounds are read.
pub(crate) struct Data {
    pub fields: Vec<Field>,
    pub events: Vec<EventDecl>,
}

impl Data {
    pub fn of(outline: &Outline<'_>, common: &Common, desk: &mut Desk<'_>) -> Data {
        let fields: Vec<Field> =
            outline.fields.iter().map(|declared| field(declared, &outline.fields, common, desk)).collect();
        let events = outline.events.iter().map(|declared| event(declared, &fields, common, desk)).collect();
        Data { fields, events }
    }

    /// The declared event of this index.
    pub fn event(&self, event: EventIx) -> &EventDecl {
        &self.events[event.at()]
    }
}

fn field(declared: &Declared<'_>, all: &[Declared<'_>], common: &Common, desk: &mut Desk<'_>) -> Field {
    names::check_word(Sort::Field, &declared.name, declared.span, desk);
    let node = declared.node;
    let ty = type_of(node, desk).unwrap_or(FieldType::Plain(Type::Any));
    let default = node.get("default").and_then(|given| literal::value(given, &literal::plain(&ty), desk));
    Field {
        name: declared.name.clone(),
        title: pick::title(node, &declared.name),
        default,
        required: pick::flag(node, "required"),
        asked: node.get("asked").map(|_| pick::flag(node, "asked")),
        from: known_from(node, &ty, all, desk),
        range: None,
        refusal: common.refusal(node, "refuse", desk),
        protection: protection(node),
        ty,
    }
}

/// `from: { case: registration, key: enterprise, in: active }`; the key is one of the names beside it.
fn known_from(
    node: &Node,
    ty: &FieldType,
    beside: &[Declared<'_>],
    desk: &mut Desk<'_>,
) -> Option<KnownFrom> {
    let node = node.get("from")?;
    if *ty != FieldType::Plain(Type::Bool) {
        let message =
            words!("从别的案件得知的只能是是非项", "what is known from another case is a yes or a no");
        let report = Diagnostic::new(codes::BAD_VALUE, node.span, message);
        desk.say(report.advise(words!("类型写 `type: bool`", "write `type: bool`")));
    }
    let (key, span) = pick::text(node, "key")?;
    desk.find(Sort::Field, key, span, beside.iter().map(|field| &*field.name))?;
    let states = pick::many(node, "in").iter().filter_map(|state| state.as_text()).map(Name::from).collect();
    Some(KnownFrom { process: pick::name(node, "case")?, key: key.into(), states })
}

fn protection(node: &Node) -> Protection {
    if pick::flag(node, "credit") {
        Protection::Credit
    } else if pick::flag(node, "personal") {
        Protection::Personal
    } else {
        Protection::None
    }
}

/// The type a node writes under `type`.
fn type_of(node: &Node, desk: &mut Desk<'_>) -> Option<FieldType> {
    let (word, span) = pick::text(node, "type")?;
    if let Some(item) = word.strip_prefix("list of ") {
        let item = named_type(item.trim(), node, desk)?;
        return Some(match item {
            FieldType::Plain(ty) => FieldType::Plain(Type::list(ty)),
            more => FieldType::List(Box::new(more)),
        });
    }
    let found = named_type(word, node, desk);
    if found.is_none() && !TYPES.contains(&word) {
        let all = TYPES.join(", ");
        let report =
            Diagnostic::new(codes::BAD_VALUE, span, words!("没有类型 `{word}`", "there is no type `{word}`"))
                .advise(words!("可用：{all}，以及 `list of ...`", "types: {all}, and `list of ...`"));
        let fix = nearest(word, TYPES.iter().copied()).map(|near| {
            Fix::certain(words!("是不是 `{near}`？", "did you mean `{near}`?")).replace(span, near)
        });
        desk.say(report.maybe_fix(fix));
    }
    found
}

fn named_type(word: &str, node: &Node, desk: &mut Desk<'_>) -> Option<FieldType> {
    let plain = match word {
        "text" => Type::Text,
        "integer" => Type::Integer,
        "decimal" => Type::Number,
        "money" => Type::Money,
        "rate" => Type::Rate,
        "date" => Type::Date,
        "instant" => Type::Instant,
        "duration" => Type::Span,
        "period" => Type::Period,
        "bool" => Type::Bool,
        "choice" => choice(node, desk)?,
        "record" => return Some(record(node, desk)),
        "uscc" => return Some(FieldType::Uscc),
        "file" => return Some(FieldType::File),
        _ => return None,
    };
    Some(FieldType::Plain(plain))
}

fn choice(node: &Node, desk: &mut Desk<'_>) -> Option<Type> {
    let of = pick::choices(node);
    if of.is_empty() {
        let span = node.entry("type").map_or(node.span, |(key, _)| key.span);
        desk.say(
            Diagnostic::new(
                codes::NO_CHOICES,
                span,
                words!("选项类型没有写可选的值", "a choice without choices"),
            )
            .advise(words!("加上 `of: [甲, 乙]`", "add `of: [one, other]`")),
        );
        return None;
    }
    Some(Type::choice(of))
}

/// A record; it is plain when everything in it is.
fn record(node: &Node, desk: &mut Desk<'_>) -> FieldType {
    let mut fields = Vec::new();
    for field in declared(node, "fields") {
        names::check_word(Sort::Field, &field.name, field.span, desk);
        let ty = type_of(field.node, desk).unwrap_or(FieldType::Plain(Type::Any));
        fields.push(RecordField { ty, required: pick::flag(field.node, "required"), name: field.name });
    }
    let plain = fields.iter().all(|field| matches!(field.ty, FieldType::Plain(_)));
    let record = FieldType::Record(fields);
    if plain { FieldType::Plain(record.plain()) } else { record }
}

fn event(declared: &Declared<'_>, fields: &[Field], common: &Common, desk: &mut Desk<'_>) -> EventDecl {
    let node = declared.node;
    EventDecl {
        name: declared.name.clone(),
        title: pick::title(node, &declared.name),
        by: common.roles_at(node, "by", desk),
        form: form(node, fields, common, desk),
        otherwise: common.refusal(node, "otherwise", desk),
        reason: pick::flag(node, "reason"),
        told: pick::flag(node, "told"),
    }
}

fn form(node: &Node, fields: &[Field], common: &Common, desk: &mut Desk<'_>) -> Vec<FormField> {
    let lines = super::outline::declared(node, "form");
    let read = |line: &Declared<'_>| {
        let field = form_field(line, fields, common, desk);
        FormField { from: known_from(line.node, &field.ty, &lines, desk), ..field }
    };
    lines.iter().map(read).collect()
}

/// A line of a form. What it does not say is the data field's of the same name.
fn form_field(line: &Declared<'_>, fields: &[Field], common: &Common, desk: &mut Desk<'_>) -> FormField {
    names::check_word(Sort::Field, &line.name, line.span, desk);
    let node = line.node;
    let at = fields.iter().position(|field| field.name == line.name);
    let field = at.map(|at| &fields[at]);
    let own = type_of(node, desk);
    if own.is_none() && field.is_none() && node.get("type").is_none() {
        let name = &line.name;
        let near = nearest(name, fields.iter().map(|field| &*field.name));
        let fix = near.map(|near| {
            Fix::certain(words!("是不是 `{near}`？", "did you mean `{near}`?")).replace(line.span, near)
        });
        desk.say(
            Diagnostic::new(
                codes::FORM_WITHOUT_TYPE,
                line.span,
                words!("表单项 `{name}` 没有类型", "the form field `{name}` has no type"),
            )
            .label(words!("`data` 里没有同名的数据项", "`data` has no field of this name"))
            .advise(words!(
                "写上 `type: ...`，或在 `data` 里声明它",
                "write `type: ...`, or declare it under `data`"
            ))
            .maybe_fix(fix),
        );
    }
    if let (Some(own), Some(field)) = (&own, field)
        && *own != field.ty
    {
        clash(line, desk);
    }
    let title = match (node.get("title"), field) {
        (None, Some(field)) => field.title.clone(),
        _ => pick::title(node, &line.name),
    };
    FormField {
        name: line.name.clone(),
        title,
        field: at.map(|at| FieldIx(narrow(at))),
        ty: own.or_else(|| field.map(|field| field.ty.clone())).unwrap_or(FieldType::Plain(Type::Any)),
        required: pick::flag(node, "required"),
        own: pick::flag(node, "own"),
        from: None,
        range: None,
        refusal: common
            .refusal(node, "refuse", desk)
            .or_else(|| field.and_then(|field| field.refusal.clone())),
    }
}

/// A line that fills a data field cannot be of another type.
fn clash(line: &Declared<'_>, desk: &mut Desk<'_>) {
    let name = &line.name;
    let span = line.node.entry("type").map_or(line.span, |(_, ty)| ty.span);
    desk.say(
        Diagnostic::new(
            codes::FORM_TYPE_CLASH,
            span,
            words!(
                "表单项 `{name}` 会填到同名的数据项里，类型却不同",
                "the form field `{name}` fills the data field of this name, and is of another type"
            ),
        )
        .advise(words!(
            "去掉 `type`，用数据项的类型；要填的是别的东西，就换一个名字",
            "leave out `type` and take that of the data field; give it another name if it is something else"
        )),
    );
}

/// The type of the key of a child; text unless it says otherwise.
pub(crate) fn key_type(node: &Node, desk: &mut Desk<'_>) -> Type {
    type_of(node, desk).map_or(Type::Text, |ty| literal::plain(&ty))
}

/// Whether formulas may take the field as known.
pub(crate) fn is_known(field: &Field) -> bool {
    field.required || field.default.is_some()
}

/// A field's name and type for formulas outside its own chart.
pub(crate) fn seen(field: &Field) -> (Name, Type) {
    let ty = literal::plain(&field.ty);
    (field.name.clone(), if is_known(field) { ty } else { ty.nullable() })
}
