//! Places in lists, signed: a cursor that was made up or belongs to somebody else is refused.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::identity::secret;
use crate::office::cannot::Cannot;
use crate::office::viewer::Viewer;
use crate::words;

/// Bytes of the signature that are kept.
const KEPT: usize = 16;

/// Signs and checks.
pub struct Cursors {
    key: [u8; 32],
}

impl Cursors {
    /// With this key.
    pub fn new(key: [u8; 32]) -> Cursors {
        Cursors { key }
    }

    /// The cursor of a place in a viewer's list.
    pub fn sign(&self, list: &str, viewer: &Viewer, place: &str) -> String {
        let mut bytes = self.mac(list, viewer, place);
        bytes.extend(place.as_bytes());
        secret::text(&bytes)
    }

    /// The place of a cursor.
    ///
    /// # Errors
    /// It was not signed here for this list and this viewer.
    pub fn read(&self, list: &str, viewer: &Viewer, cursor: &str) -> Result<String, Cannot> {
        let wrong = || {
            Cannot::wrong(words::BAD_CURSOR, "翻页标记不是这里给出的", "the cursor was not given out here")
        };
        let bytes = secret::bytes(cursor).filter(|bytes| bytes.len() >= KEPT).ok_or_else(wrong)?;
        let (mac, place) = bytes.split_at(KEPT);
        let place = std::str::from_utf8(place).map_err(|_| wrong())?;
        let same = subtle::ConstantTimeEq::ct_eq(mac, self.mac(list, viewer, place).as_slice());
        if bool::from(same) { Ok(place.to_owned()) } else { Err(wrong()) }
    }

    fn mac(&self, list: &str, viewer: &Viewer, place: &str) -> Vec<u8> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("a key of any length is taken");
        for part in ["cursor", list, &viewer.person, place] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        let mut bytes = mac.finalize().into_bytes().to_vec();
        bytes.truncate(KEPT);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::Sees;

    fn viewer(person: &str) -> Viewer {
        Viewer {
            person: person.into(),
            name: person.into(),
            organisation: None,
            roles: vec![],
            sees: Sees::Own,
        }
    }

    #[test]
    fn a_cursor_is_good_for_its_own_list_and_viewer_only() {
        let cursors = Cursors::new([1; 32]);
        let cursor = cursors.sign("cases", &viewer("li"), "FD-1");
        assert_eq!(cursors.read("cases", &viewer("li"), &cursor).unwrap(), "FD-1");
        assert!(cursors.read("tasks", &viewer("li"), &cursor).is_err());
        assert!(cursors.read("cases", &viewer("wu"), &cursor).is_err());
        let mut bytes = secret::bytes(&cursor).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        assert!(cursors.read("cases", &viewer("li"), &secret::text(&bytes)).is_err());
        for forged in ["", "x", "RkQtMQ", "../..", &"A".repeat(10_000)] {
            assert!(cursors.read("cases", &viewer("li"), forged).is_err(), "{forged:.20}");
        }
    }
}
