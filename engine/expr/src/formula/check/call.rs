//! Calls: which function, which of its forms, what it yields.

use rust_decimal::Decimal;

use super::super::ast::{Arguments, Ast};
use super::super::builtins::{self, Builtin, Overload, Shape, Signature};
use super::super::error::{FormulaCode, FormulaError, Place, closest};
use super::super::node::{Node, Op};
use super::{Checked, Checker, rules};
use crate::value::{Lang, Type, Value};

impl Checker<'_> {
    pub(super) fn call(&mut self, name: &str, at: Place, arguments: &Arguments, place: Place) -> Checked {
        if self.scope.find_function(name).is_some() {
            return self.host_call(name, at, arguments, place);
        }
        let Some(function) = builtins::find(name) else {
            self.check_arguments(arguments);
            let error = self.unknown_function(name, at);
            self.report(error);
            return Checked::new(Op::Constant(Value::Null), place, Type::Any);
        };
        let signature = Signature::read(function.signature);
        let arguments = match arguments {
            Arguments::Placed(all) => all.iter().map(|it| self.check(it)).collect(),
            Arguments::Named(all) => match self.by_name(function, &signature, all) {
                Some(ordered) => ordered,
                None => return Checked::new(Op::Constant(Value::Null), place, Type::Any),
            },
        };
        self.builtin_call(function, &signature, arguments, place)
    }

    fn check_arguments(&mut self, arguments: &Arguments) {
        match arguments {
            Arguments::Placed(all) => all.iter().for_each(|it| drop(self.check(it))),
            Arguments::Named(all) => all.iter().for_each(|(_, _, it)| drop(self.check(it))),
        }
    }

    fn unknown_function(&self, name: &str, at: Place) -> FormulaError {
        if let Some((_, (code, zh, en))) = builtins::REFUSED.iter().find(|(refused, _)| *refused == name) {
            return FormulaError::new(*code, at, *zh, *en);
        }
        let host = self.scope.functions.iter().map(|it| it.name.as_str());
        let own = builtins::all().flat_map(|it| [it.name, it.zh]).filter(|name| !name.is_empty());
        let meant = closest(name, own.chain(host));
        FormulaError::new(
            FormulaCode::UnknownFunction,
            at,
            format!("没有叫“{name}”的函数"),
            format!("There is no function `{name}`"),
        )
        .near(at, meant)
    }

    fn host_call(&mut self, name: &str, at: Place, arguments: &Arguments, place: Place) -> Checked {
        let Some((id, function)) = self.scope.find_function(name) else {
            return Checked::new(Op::Constant(Value::Null), place, Type::Any);
        };
        let (params, returns) = (function.params.clone(), function.returns.clone());
        if !self.calls.contains(&id) {
            self.calls.push(id);
        }
        let Arguments::Placed(all) = arguments else {
            self.check_arguments(arguments);
            self.report(wrong(at, "这个函数的参数按次序写", "The arguments of this function go by position"));
            return Checked::new(Op::Constant(Value::Null), place, returns);
        };
        let mut checked: Vec<Checked> = all.iter().map(|it| self.check(it)).collect();
        if checked.len() != params.len() {
            let (zh, en) = (
                format!("“{name}”要 {} 个参数，这里有 {} 个", params.len(), checked.len()),
                format!("`{name}` takes {} arguments; there are {}", params.len(), checked.len()),
            );
            self.report(wrong(at, zh, en));
        }
        for (argument, wanted) in checked.iter_mut().zip(&params) {
            if !wanted.may_be_null() {
                self.must_be_known(argument);
            }
            self.must_fit(argument, wanted);
        }
        let nodes = checked.into_iter().map(|it| it.node).collect();
        Checked::new(Op::Host(id, nodes), place, returns)
    }

    fn must_fit(&mut self, argument: &Checked, wanted: &Type) {
        if rules::fits_type(wanted, &argument.ty) {
            return self.must_be_among(argument, wanted);
        }
        let (found, place) = (argument.ty.known().clone(), argument.place());
        self.object(|| {
            FormulaError::new(
                FormulaCode::WrongType,
                place,
                format!("这里要{}，得到{}", wanted.name(Lang::Zh), found.name(Lang::Zh)),
                format!("A {wanted} is needed here; this is a {found}"),
            )
        });
    }

    /// A word that is written, or may come, must be one of the choices a function of the host knows.
    fn must_be_among(&mut self, argument: &Checked, wanted: &Type) {
        let (Type::Choice(of), Type::Choice(words)) = (wanted.known(), argument.ty.known()) else {
            return self.choice(wanted.known(), argument);
        };
        let (Some(word), place) = (words.iter().find(|word| !of.contains(word)), argument.place()) else {
            return;
        };
        let all = of.iter().map(|it| &**it).collect::<Vec<_>>().join("、");
        self.object(|| {
            FormulaError::new(
                FormulaCode::NotAChoice,
                place,
                format!("这里可能是“{word}”，选项里没有它"),
                format!("`{word}` may come here and is none of the choices"),
            )
            .advice(format!("可选：{all}"), format!("The choices are: {all}"))
        });
    }

    /// Named arguments in the order of the form that knows all the names.
    fn by_name(
        &mut self,
        function: &Builtin,
        signature: &Signature,
        all: &[(String, Place, Ast)],
    ) -> Option<Vec<Checked>> {
        let checked: Vec<(&str, Checked)> =
            all.iter().map(|(name, _, it)| (name.as_str(), self.check(it))).collect();
        let form = signature.0.iter().find(|form| {
            let known = |name: &str| form.parameters.iter().any(|it| it.name == name);
            let given = |name: &str| checked.iter().any(|(given, _)| *given == name);
            checked.iter().all(|(name, _)| known(name))
                && form.parameters.iter().all(|it| it.optional || given(&it.name))
        });
        let Some(form) = form else {
            let place = all.first().map(|(_, place, _)| *place).unwrap_or_default();
            self.report(
                wrong(place, "参数名不对或不全", "The names of the arguments are wrong or incomplete")
                    .advice(function.signature, function.signature),
            );
            return None;
        };
        let last = form.parameters.iter().rposition(|it| checked.iter().any(|(name, _)| *name == it.name));
        let ordered = form.parameters[..last.map_or(0, |at| at + 1)].iter().map(|parameter| {
            let given = checked.iter().find(|(name, _)| *name == parameter.name);
            given.map(|(_, it)| it.clone()).unwrap_or_else(|| Checked {
                node: Node::constant(Value::Null, Place::default()),
                ty: Type::Null,
                unrounded: false,
            })
        });
        Some(ordered.collect())
    }

    fn builtin_call(
        &mut self,
        function: &'static Builtin,
        signature: &Signature,
        mut arguments: Vec<Checked>,
        place: Place,
    ) -> Checked {
        let forms: Vec<&Overload> = signature.0.iter().filter(|form| form.takes(arguments.len())).collect();
        if forms.is_empty() {
            self.report(
                wrong(
                    place,
                    format!("“{}”的参数个数不对：{} 个", function.name, arguments.len()),
                    format!("`{}` does not take {} arguments", function.name, arguments.len()),
                )
                .advice(function.signature, function.signature),
            );
            return Checked::new(Op::Constant(Value::Null), place, Type::Any);
        }
        let form = forms
            .iter()
            .find(|form| fits(form, &arguments) && nulls_allowed(form, &arguments))
            .or_else(|| forms.iter().find(|form| fits(form, &arguments)));
        let ty = match form {
            Some(form) => {
                self.forbid_nulls(form, &mut arguments);
                self.look_into(function, &arguments);
                match returned(form, &arguments) {
                    Type::Number if gives_whole(function.name, &arguments) => Type::Integer,
                    ty => ty,
                }
            }
            None => {
                self.object(|| misfit(function, &arguments, place));
                Type::Any
            }
        };
        let unrounded = is_unrounded(function.name, &arguments);
        let nodes = arguments.into_iter().map(|it| it.node).collect();
        let made = Checked { unrounded, ..Checked::new(Op::Builtin(function, nodes), place, ty) };
        let mut made = self.folded(made);
        // A duration is known to be one kind or the other once it is computed.
        if let (Some(value), Type::Any) = (made.node.as_constant(), &made.ty) {
            made.ty = rules::type_of(value);
        }
        made
    }

    fn forbid_nulls(&mut self, form: &Overload, arguments: &mut [Checked]) {
        for (at, argument) in arguments.iter_mut().enumerate() {
            let Some(parameter) = form.parameter(at) else { continue };
            if !matches!(parameter.shape, Shape::OrNull(_)) {
                self.must_be_known(argument);
            }
            if let (Shape::List(of), Type::List(item)) = (&parameter.shape, argument.ty.known())
                && !matches!(**of, Shape::OrNull(_))
                && item.may_be_null()
            {
                let place = argument.place();
                let known = Type::list(item.known().clone());
                self.object(|| {
                    FormulaError::new(
                        FormulaCode::MayBeNull,
                        place,
                        "列表里可能有空值",
                        "The list may hold nulls",
                    )
                    .advice(
                        "先筛掉空值：列表[item is known]",
                        "Keep the known ones first: `list[item is known]`",
                    )
                });
                argument.ty = known;
            }
        }
    }

    /// What only a look at the argument itself can tell.
    fn look_into(&mut self, function: &Builtin, arguments: &[Checked]) {
        let pattern = match function.name {
            "matches" | "replace" | "split" => arguments.get(1),
            _ => None,
        };
        let Some(pattern) = pattern else { return };
        let Some(Value::Text(text)) = pattern.node.as_constant() else { return };
        if let Err(problem) = regex_lite::Regex::new(text) {
            let place = pattern.place();
            self.object(|| {
                FormulaError::new(
                    FormulaCode::AlwaysFails,
                    place,
                    format!("正则表达式不成立：{problem}"),
                    format!("This is not a regular expression: {problem}"),
                )
            });
        }
    }
}

fn wrong(place: Place, zh: impl Into<String>, en: impl Into<String>) -> FormulaError {
    FormulaError::new(FormulaCode::WrongArguments, place, zh, en)
}

fn misfit(function: &Builtin, arguments: &[Checked], place: Place) -> FormulaError {
    let list = |lang: Lang| arguments.iter().map(|it| it.ty.name(lang)).collect::<Vec<_>>();
    FormulaError::new(
        FormulaCode::WrongType,
        place,
        format!("“{}”不接受：{}", function.name, list(Lang::Zh).join("、")),
        format!("`{}` does not take: {}", function.name, list(Lang::En).join(", ")),
    )
    .advice(function.signature, function.signature)
}

fn fits(form: &Overload, arguments: &[Checked]) -> bool {
    arguments
        .iter()
        .enumerate()
        .all(|(at, argument)| form.parameter(at).is_some_and(|it| shape_fits(&it.shape, argument.ty.known())))
}

fn nulls_allowed(form: &Overload, arguments: &[Checked]) -> bool {
    arguments.iter().enumerate().all(|(at, argument)| {
        let null_fits = form.parameter(at).is_some_and(|it| matches!(it.shape, Shape::OrNull(_)));
        null_fits || !argument.ty.may_be_null()
    })
}

fn shape_fits(shape: &Shape, ty: &Type) -> bool {
    if matches!(ty, Type::Any | Type::Null) {
        return true;
    }
    match shape {
        Shape::OrNull(inner) => shape_fits(inner, ty.known()),
        Shape::Any => true,
        // A list is a list: it does not stand for one of its items here.
        Shape::Same => true,
        Shape::Numeric | Shape::Number | Shape::Integer => ty.is_numeric(),
        Shape::Money => ty.is_numeric() && *ty != Type::Rate,
        Shape::Text => ty.is_text(),
        Shape::Bool => *ty == Type::Bool,
        Shape::Date => *ty == Type::Date,
        Shape::Time => *ty == Type::Time,
        Shape::Instant => *ty == Type::Instant,
        Shape::Span => *ty == Type::Span,
        Shape::Months => *ty == Type::Months,
        Shape::Duration => matches!(ty, Type::Span | Type::Months),
        Shape::Context => matches!(ty, Type::Context(_)),
        Shape::List(of) => matches!(ty, Type::List(item) if shape_fits(of, item.known())),
        Shape::Range(of) => matches!(ty, Type::Range(item) if shape_fits(of, item)),
    }
}

/// The type of the result, with `T` and `N` filled in from the arguments.
fn returned(form: &Overload, arguments: &[Checked]) -> Type {
    let mut bound: Option<Type> = None;
    for (at, argument) in arguments.iter().enumerate() {
        if let Some(parameter) = form.parameter(at) {
            bind(&parameter.shape, &argument.ty, &mut bound);
        }
    }
    made(&form.returns, bound.as_ref(), arguments)
}

fn bind(shape: &Shape, ty: &Type, bound: &mut Option<Type>) {
    match (shape, ty) {
        (Shape::OrNull(_), Type::Null) => {}
        (Shape::OrNull(inner), ty) => bind(inner, ty.known(), bound),
        (Shape::List(inner), ty) => {
            if let Type::List(item) = ty.known() {
                // Items that may be null stay so in the list that comes out.
                match inner.as_ref() {
                    Shape::OrNull(inner) => bind(inner, item, bound),
                    inner => bind(inner, item, bound),
                }
            }
        }
        (Shape::Same | Shape::Numeric, ty) => {
            *bound = Some(bound.take().map_or_else(|| ty.clone(), |before| rules::join(&before, ty)));
        }
        _ => {}
    }
}

fn made(shape: &Shape, bound: Option<&Type>, arguments: &[Checked]) -> Type {
    match shape {
        Shape::OrNull(inner) => made(inner, bound, arguments).nullable(),
        Shape::Same => bound.cloned().unwrap_or(Type::Any),
        Shape::Numeric => bound.cloned().unwrap_or(Type::Number),
        Shape::List(of) => match of.as_ref() {
            // The items' own nullness is in what was bound.
            Shape::OrNull(of) => Type::list(made(of, bound, arguments)),
            of => Type::list(made(of, bound, arguments)),
        },
        Shape::Number => Type::Number,
        Shape::Integer => Type::Integer,
        Shape::Money => Type::Money,
        Shape::Text => Type::Text,
        Shape::Bool => Type::Bool,
        Shape::Date => Type::Date,
        Shape::Time => Type::Time,
        Shape::Instant => Type::Instant,
        Shape::Span => Type::Span,
        Shape::Months => Type::Months,
        Shape::Range(of) => Type::Range(Box::new(made(of, bound, arguments))),
        Shape::Duration => match arguments.first().map(|it| it.ty.known()) {
            Some(ty @ (Type::Span | Type::Months)) => ty.clone(),
            _ => Type::Any,
        },
        Shape::Any | Shape::Context => Type::Any,
    }
}

/// The functions that round: a number, then to how many decimals (none: to a whole number).
const ROUNDINGS: &[&str] =
    &["decimal", "round half up", "round half down", "round up", "round down", "floor", "ceiling"];

/// The decimals that a rounding leaves, where the text tells.
fn scale(arguments: &[Checked]) -> Option<Decimal> {
    match arguments.get(1) {
        None => Some(Decimal::ZERO),
        Some(scale) => scale.node.as_constant().and_then(Value::as_number),
    }
}

/// Whether a rounding surely leaves a whole number.
fn gives_whole(name: &str, arguments: &[Checked]) -> bool {
    ROUNDINGS.contains(&name) && scale(arguments).is_some_and(|scale| scale <= Decimal::ZERO)
}

/// Whether an amount that comes out may have more than two decimals.
fn is_unrounded(name: &str, arguments: &[Checked]) -> bool {
    match name {
        name if ROUNDINGS.contains(&name) => scale(arguments).is_none_or(|scale| scale > Decimal::TWO),
        "to_fen" | "share of" => false,
        "mean" | "median" | "modulo" | "product" => true,
        _ => arguments.iter().any(|it| it.unrounded || (it.ty.is_numeric() && !it.exact())),
    }
}
