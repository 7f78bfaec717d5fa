//! A writer that stops at a limit.

use std::io::{Error, Write};

/// Collects what is written, up to so many bytes; one more is an error.
pub(super) struct Capped {
    written: Vec<u8>,
    most: usize,
    /// Set when the limit was reached, so that the reason is not lost on the way out.
    pub(super) full: bool,
}

impl Capped {
    pub(super) fn new(most: usize) -> Capped {
        Capped { written: Vec::new(), most, full: false }
    }

    /// What was written. Templates and values are UTF-8, so nothing is replaced.
    pub(super) fn into_text(self) -> String {
        String::from_utf8_lossy(&self.written).into_owned()
    }
}

impl Write for &mut Capped {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.written.len() + bytes.len() > self.most {
            self.full = true;
            return Err(Error::other("the letter is too long"));
        }
        self.written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
