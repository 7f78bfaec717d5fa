//! Which names a template shows, and whether it keeps to what templates may do.

use std::collections::BTreeMap;

use handlebars::Template;
use handlebars::template::{DecoratorTemplate, HelperTemplate, Parameter, TemplateElement};

use super::say::WORDS;

/// Loops may stand in one another so deep: with lists of at most 200 entries that is 40,000 turns.
const DEEPEST_LOOP: usize = 2;

/// Parts that every letter shares, in the folder of all templates.
pub(super) const SHARED: &[&str] = &["opening", "closing"];

/// The names a template shows; `true` for those it shows only where it has asked `{{#if}}` first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Uses(pub BTreeMap<String, bool>);

/// Something a template may not do, in Chinese and English.
pub(super) struct Misuse(pub(super) String, pub(super) String);

/// Reads a parsed template.
pub(super) fn of(template: &Template) -> Result<Uses, Misuse> {
    let mut reader = Reader::default();
    reader.all(template)?;
    Ok(reader.uses)
}

#[derive(Default)]
struct Reader {
    uses: Uses,
    /// Names asked for by the `if`s around.
    asked: Vec<String>,
    loops: usize,
}

fn misuse<T>(zh: impl Into<String>, en: impl Into<String>) -> Result<T, Misuse> {
    Err(Misuse(zh.into(), en.into()))
}

impl Reader {
    fn all(&mut self, template: &Template) -> Result<(), Misuse> {
        template.elements.iter().try_for_each(|element| self.one(element))
    }

    fn one(&mut self, element: &TemplateElement) -> Result<(), Misuse> {
        match element {
            TemplateElement::RawString(_) | TemplateElement::Comment(_) => Ok(()),
            TemplateElement::Expression(inner) => self.expression(inner),
            TemplateElement::HtmlExpression(_) => {
                misuse("不用三重花括号，写 {{name}}", "three braces are not used: write {{name}}")
            }
            TemplateElement::HelperBlock(block) => self.block(block),
            TemplateElement::PartialExpression(partial) => shared_only(partial),
            _ => misuse("模板里不能定义片段", "a template cannot define parts of its own"),
        }
    }

    fn expression(&mut self, inner: &HelperTemplate) -> Result<(), Misuse> {
        let name = written(&inner.name);
        if inner.params.is_empty() && inner.hash.is_empty() {
            return self.name(&name);
        }
        if !WORDS.contains(&name.as_str()) || inner.params.len() != 1 || !inner.hash.is_empty() {
            return misuse(
                format!("“{name}”不是模板里的词，可用：{}", WORDS.join("、")),
                format!(
                    "`{name}` is not a word of templates; there are {}, each with one name",
                    WORDS.join(", ")
                ),
            );
        }
        self.parameter(&inner.params[0])
    }

    fn block(&mut self, block: &HelperTemplate) -> Result<(), Misuse> {
        let word = written(&block.name);
        let [Parameter::Path(_)] = &block.params[..] else {
            return misuse(
                format!("{{{{#{word}}}}} 后面写一个名字"),
                format!("{{{{#{word}}}}} takes one name"),
            );
        };
        match word.as_str() {
            "if" | "unless" => self.choice(block, word == "if"),
            "each" => self.each(block),
            _ => misuse(
                format!("{{{{#{word}}}}} 不能用；可用 if、unless、each"),
                format!("{{{{#{word}}}}} is not used; there are if, unless, each"),
            ),
        }
    }

    fn choice(&mut self, block: &HelperTemplate, known_inside: bool) -> Result<(), Misuse> {
        let name = written(&block.params[0]);
        self.ask(&name)?;
        let (holds, fails) = match known_inside {
            true => (&block.template, &block.inverse),
            false => (&block.inverse, &block.template),
        };
        if let Some(template) = holds {
            self.asked.push(name);
            self.all(template)?;
            self.asked.pop();
        }
        fails.iter().try_for_each(|template| self.all(template))
    }

    fn each(&mut self, block: &HelperTemplate) -> Result<(), Misuse> {
        self.name(&written(&block.params[0]))?;
        self.loops += 1;
        if self.loops > DEEPEST_LOOP {
            return misuse("循环套得太深，最多两层", "loops stand in one another too deep: two at most");
        }
        block.template.iter().chain(&block.inverse).try_for_each(|template| self.all(template))?;
        self.loops -= 1;
        Ok(())
    }

    fn parameter(&mut self, parameter: &Parameter) -> Result<(), Misuse> {
        match parameter {
            Parameter::Path(_) | Parameter::Name(_) => self.name(&written(parameter)),
            _ => misuse("这里只能写名字", "only a name can stand here"),
        }
    }

    fn name(&mut self, name: &str) -> Result<(), Misuse> {
        if self.loops > 0 {
            // Relative to the entry of the list; the sample decides.
            return Ok(());
        }
        sound(name)?;
        let only_if = self.asked.iter().any(|asked| asked == name);
        let shown = self.uses.0.entry(name.to_owned()).or_insert(true);
        *shown &= only_if;
        Ok(())
    }

    /// A name in an `if`: it need not be there.
    fn ask(&mut self, name: &str) -> Result<(), Misuse> {
        if self.loops == 0 {
            sound(name)?;
            self.uses.0.entry(name.to_owned()).or_insert(true);
        }
        Ok(())
    }
}

fn written(parameter: &Parameter) -> String {
    match parameter {
        Parameter::Name(name) => name.clone(),
        Parameter::Path(handlebars::Path::Relative((_, raw)) | handlebars::Path::Local((_, _, raw))) => {
            raw.clone()
        }
        _ => String::new(),
    }
}

/// A name is words with dots between; no way up, no hidden variables.
fn sound(name: &str) -> Result<(), Misuse> {
    let word = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
    if name.split('.').all(word) {
        return Ok(());
    }
    misuse(
        format!("“{name}”不是名字，写如 due.evaluation"),
        format!("`{name}` is not a name; write due.evaluation"),
    )
}

fn shared_only(partial: &DecoratorTemplate) -> Result<(), Misuse> {
    let name = written(&partial.name);
    if SHARED.contains(&name.as_str()) && partial.params.is_empty() && partial.hash.is_empty() {
        return Ok(());
    }
    misuse(
        format!("没有共用片段“{name}”，只有 {}", SHARED.join("、")),
        format!("there is no shared part `{name}`, only {}", SHARED.join(", ")),
    )
}
