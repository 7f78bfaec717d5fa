//! A sentence for people, in both languages from one place.

use crate::lang::Lang;

/// One sentence in Chinese and in English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Chinese, as an office writes it.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Words {
    /// The two sentences together.
    pub fn new(zh: impl Into<String>, en: impl Into<String>) -> Words {
        Words { zh: zh.into(), en: en.into() }
    }

    /// The sentence in one language.
    pub fn pick(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }
}
