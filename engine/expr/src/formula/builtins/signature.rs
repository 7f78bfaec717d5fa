//! Signatures as written in the table: `name(list: list<N>, scale?: number) -> N`.

/// What a parameter or a result is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    Any,
    /// `T`: whatever it is, the same everywhere.
    Same,
    /// `N`: a number, keeping what kind of number it is.
    Numeric,
    Number,
    Integer,
    Money,
    Text,
    Bool,
    Date,
    Time,
    Instant,
    Span,
    Months,
    /// Either kind of duration.
    Duration,
    Context,
    Range(Box<Shape>),
    List(Box<Shape>),
    /// That, or null.
    OrNull(Box<Shape>),
}

#[derive(Clone, Debug)]
pub(crate) struct Parameter {
    pub name: String,
    pub shape: Shape,
    pub optional: bool,
}

/// One way to call a function.
#[derive(Clone, Debug)]
pub(crate) struct Overload {
    pub parameters: Vec<Parameter>,
    /// The last parameter may be repeated.
    pub repeats: bool,
    pub returns: Shape,
}

impl Overload {
    pub fn takes(&self, count: usize) -> bool {
        let needed = self.parameters.iter().filter(|it| !it.optional).count();
        count >= needed && (self.repeats || count <= self.parameters.len())
    }

    /// The parameter an argument stands for.
    pub fn parameter(&self, at: usize) -> Option<&Parameter> {
        self.parameters.get(at).or_else(|| self.parameters.last().filter(|_| self.repeats))
    }
}

/// All ways to call a function.
#[derive(Clone, Debug)]
pub(crate) struct Signature(pub Vec<Overload>);

impl Signature {
    /// Reads the table's own text; a mistake in it is found by the test that reads them all.
    pub fn read(text: &str) -> Signature {
        Signature(text.split("; ").filter_map(overload).collect())
    }
}

fn overload(text: &str) -> Option<Overload> {
    let (_, rest) = text.split_once('(')?;
    let (inside, returns) = rest.rsplit_once(") -> ")?;
    let mut repeats = false;
    let mut parameters = Vec::new();
    for piece in inside.split(", ").filter(|it| !it.is_empty()) {
        if piece == "..." {
            repeats = true;
            continue;
        }
        let (name, shape) = piece.split_once(": ")?;
        let (name, optional) = name.strip_suffix('?').map_or((name, false), |name| (name, true));
        parameters.push(Parameter { name: name.to_owned(), shape: self::shape(shape)?, optional });
    }
    Some(Overload { parameters, repeats, returns: self::shape(returns)? })
}

fn shape(text: &str) -> Option<Shape> {
    if let Some(inner) = text.strip_suffix('?') {
        return Some(Shape::OrNull(Box::new(shape(inner)?)));
    }
    if let Some(inner) = text.strip_prefix("list<").and_then(|it| it.strip_suffix('>')) {
        return Some(Shape::List(Box::new(shape(inner)?)));
    }
    if let Some(inner) = text.strip_prefix("range<").and_then(|it| it.strip_suffix('>')) {
        return Some(Shape::Range(Box::new(shape(inner)?)));
    }
    Some(match text {
        "any" => Shape::Any,
        "T" => Shape::Same,
        "N" => Shape::Numeric,
        "number" => Shape::Number,
        "integer" => Shape::Integer,
        "money" => Shape::Money,
        "string" => Shape::Text,
        "boolean" => Shape::Bool,
        "date" => Shape::Date,
        "time" => Shape::Time,
        "date and time" => Shape::Instant,
        "days and time duration" => Shape::Span,
        "years and months duration" => Shape::Months,
        "duration" => Shape::Duration,
        "context" => Shape::Context,
        _ => return None,
    })
}

#[cfg(test)]
mod readable {
    use super::super::all;
    use super::Signature;

    #[test]
    fn every_signature_in_the_table_can_be_read() {
        for builtin in all() {
            let forms = builtin.signature.split("; ").count();
            assert_eq!(Signature::read(builtin.signature).0.len(), forms, "{}", builtin.signature);
            for form in builtin.signature.split("; ") {
                assert!(form.starts_with(&format!("{}(", builtin.name)), "{form}");
            }
        }
    }
}
