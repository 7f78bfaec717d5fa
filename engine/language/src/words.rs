//! A sentence for people, in Chinese and in English.

pub use expr::lang::Lang;

/// One sentence in both languages. Write it with [`words!`](crate::words!).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Words {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

impl Words {
    /// The sentence in both languages.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Words {
        Words { zh: zh.into(), en: en.into() }
    }

    /// The sentence in the language asked for.
    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }

    /// Nothing to say in either language.
    pub fn is_empty(&self) -> bool {
        self.zh.is_empty() && self.en.is_empty()
    }
}

impl From<(&str, &str)> for Words {
    fn from((zh, en): (&str, &str)) -> Words {
        Words::new(zh, en)
    }
}

/// Both languages at once, with values in braces as in `format!`:
/// `words!("状态 `{name}` 不存在", "there is no state `{name}`")`.
#[macro_export]
macro_rules! words {
    ($zh:literal, $en:literal $(, $value:expr)* $(,)?) => {
        $crate::words::Words::new(format!($zh $(, $value)*), format!($en $(, $value)*))
    };
}
