//! Numbers of new cases: `FD-2026-7K3M9QX2`. Made of the caller's key where there is one, so that the same request
//! sent again asks for the same case.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use machine::ids::CaseId;
use sha2::{Digest, Sha256};

/// Without the letters and digits that are mistaken for each other.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// 40 bits: two of a million cases of a year share one by chance of about one in two, and then the second is told
/// that the number is taken; ten digits make it one in two thousand.
const LENGTH: usize = 10;

/// A number for a case of this process. `seed` is unique: the caller's key, or random.
pub fn case_number(process: &str, seed: &str, now: Timestamp, zone: &TimeZone) -> CaseId {
    let year = zone.to_datetime(now).year();
    let hash = Sha256::digest(format!("{process}\n{seed}").as_bytes());
    let digits: String =
        hash.iter().take(LENGTH).map(|byte| char::from(DIGITS[usize::from(*byte % 32)])).collect();
    CaseId(format!("{}-{year}-{digits}", initials(process)).into())
}

/// `financing_demand` is `FD`, `registration` is `REG`.
fn initials(process: &str) -> String {
    let words: Vec<&str> = process.split(['_', '-']).filter(|word| !word.is_empty()).collect();
    let letters: String = match words.as_slice() {
        [one] => one.chars().take(3).collect(),
        several => several.iter().filter_map(|word| word.chars().next()).take(4).collect(),
    };
    letters.to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_that_of_its_process_year_and_key() {
        let number =
            |process, seed| case_number(process, seed, Timestamp::UNIX_EPOCH, &TimeZone::UTC).0.to_string();
        let one = number("financing_demand", "a");
        assert!(one.starts_with("FD-1970-") && one.len() == "FD-1970-".len() + LENGTH, "{one}");
        assert_eq!(one, number("financing_demand", "a"));
        assert_ne!(one, number("financing_demand", "b"));
        assert!(number("registration", "a").starts_with("REG-"));
    }
}
