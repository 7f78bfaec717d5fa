//! The content version of a calendar: a short text that changes whenever a day of it changes.

use super::facts::CalendarFacts;

impl CalendarFacts {
    /// `cn 2015-2026 1f0c5e8a90b3d2c4`: name, span of years, fingerprint of zone, rhythm and days.
    ///
    /// The fingerprint is FNV-1a over the facts in order of date: it tells contents apart, it does not
    /// prove them. Festival names and notices do not move a deadline and are left out.
    pub(super) fn version(&self) -> String {
        let mut print = Fingerprint::start();
        print.eat(&self.zone);
        print.eat(&format!("{:07b}", self.rest_mask()));
        let mut years: Vec<_> = self.years.iter().collect();
        years.sort_by_key(|year| year.year);
        for year in &years {
            print.eat(&year.year.to_string());
            let rest = year.holidays.iter().flat_map(|days| &days.dates).map(|date| (*date, "rest"));
            let work = year.working_weekends.iter().flat_map(|days| &days.dates).map(|date| (*date, "work"));
            let mut days: Vec<_> = rest.chain(work).collect();
            days.sort();
            days.iter().for_each(|(date, kind)| print.eat(&format!("{date} {kind}")));
        }
        match (years.first(), years.last()) {
            (Some(first), Some(last)) => {
                format!("{} {}-{} {:016x}", self.name, first.year, last.year, print.0)
            }
            _ => format!("{} - {:016x}", self.name, print.0),
        }
    }
}

/// FNV-1a, 64 bits.
struct Fingerprint(u64);

impl Fingerprint {
    fn start() -> Fingerprint {
        Fingerprint(0xcbf2_9ce4_8422_2325)
    }

    fn eat(&mut self, text: &str) {
        // The line break keeps "a" + "bc" apart from "ab" + "c".
        for byte in text.bytes().chain([b'\n']) {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
