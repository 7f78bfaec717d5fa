//! What a formula may name: variables and the host's functions.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use super::parse::Names;
use crate::value::Type;

/// The number of a declared variable, in declaration order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u32);

/// The number of a declared function of the host, in declaration order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostFn(pub u32);

#[derive(Clone, Debug)]
pub(crate) struct Variable {
    pub name: Arc<str>,
    pub ty: Type,
}

#[derive(Clone, Debug)]
pub(crate) struct HostFunction {
    pub name: String,
    pub params: Vec<Type>,
    pub returns: Type,
}

/// Everything a formula may name besides the built-in functions.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    pub(crate) variables: Vec<Variable>,
    /// Which variable a name means, shared by the scopes that were made of one another.
    named: Arc<BTreeMap<Arc<str>, Slot>>,
    /// Shared by the scopes that were made of one another.
    pub(crate) functions: Arc<Vec<HostFunction>>,
    /// The names of several words, gathered once for all formulas of the scope.
    long: OnceLock<Names>,
}

impl Scope {
    /// An empty scope.
    pub fn new() -> Scope {
        Scope::default()
    }

    /// Declares a variable. A later one hides an earlier one of the same name.
    pub fn variable(&mut self, name: &str, ty: Type) -> Slot {
        self.long.take();
        let name: Arc<str> = words(name).into();
        self.variables.push(Variable { name: name.clone(), ty });
        let slot = Slot(last(self.variables.len()));
        Arc::make_mut(&mut self.named).insert(name, slot);
        slot
    }

    /// Gives a declared variable another type, as where more is known of it.
    pub fn narrow(&mut self, slot: Slot, ty: Type) {
        if let Some(variable) = self.variables.get_mut(slot.0 as usize) {
            self.long.take();
            variable.ty = ty;
        }
    }

    /// Declares a function of the host; it hides a built-in of the same name.
    pub fn function(&mut self, name: &str, params: &[Type], returns: Type) -> HostFn {
        self.long.take();
        let functions = Arc::make_mut(&mut self.functions);
        functions.push(HostFunction { name: words(name), params: params.to_vec(), returns });
        HostFn(last(self.functions.len()))
    }

    /// The name of a slot.
    pub fn name(&self, slot: Slot) -> Option<&str> {
        self.variables.get(slot.0 as usize).map(|it| &*it.name)
    }

    /// The type of a slot.
    pub fn ty(&self, slot: Slot) -> Option<&Type> {
        self.variables.get(slot.0 as usize).map(|it| &it.ty)
    }

    /// The names of several words that its formulas may use.
    pub(crate) fn long_names(&self) -> &Names {
        self.long.get_or_init(|| Names::of(self))
    }

    pub(crate) fn find(&self, name: &str) -> Option<(Slot, &Type)> {
        let slot = *self.named.get(name)?;
        Some((slot, self.ty(slot)?))
    }

    pub(crate) fn find_function(&self, name: &str) -> Option<(HostFn, &HostFunction)> {
        let at = self.functions.iter().rposition(|it| it.name == name)?;
        Some((HostFn(last(at + 1)), &self.functions[at]))
    }
}

fn last(count: usize) -> u32 {
    u32::try_from(count - 1).unwrap_or(u32::MAX)
}

/// A name with its inner spaces made single.
pub(crate) fn words(name: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_graphic();
    if name.bytes().all(plain) || !name.contains(char::is_whitespace) {
        return name.to_owned();
    }
    name.split_whitespace().collect::<Vec<_>>().join(" ")
}
