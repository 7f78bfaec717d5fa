//! What this process costs the host, as Linux counts it; zero where the system does not say.

use rust_decimal::Decimal;

/// How long a tick of the processor's count is, in microseconds (100 in a second on Linux).
const TICK_MICROS: u64 = 10_000;

/// Processor time used so far, in microseconds.
pub fn processor() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // The name of the program stands in brackets and may hold spaces: count from behind it.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * TICK_MICROS
}

/// Bytes written so far, to files and to lines of the network.
pub fn written() -> u64 {
    let counted = std::fs::read_to_string("/proc/self/io").unwrap_or_default();
    let line = counted.lines().find_map(|line| line.strip_prefix("wchar: "));
    line.and_then(|bytes| bytes.parse().ok()).unwrap_or_default()
}

/// Resident memory in megabytes.
pub fn resident() -> Decimal {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages: u64 = pages.split(' ').nth(1).and_then(|pages| pages.parse().ok()).unwrap_or_default();
    Decimal::from(pages * 4_096) / Decimal::from(1_000_000u64)
}
