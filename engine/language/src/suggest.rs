//! "Did you mean": the known word nearest to one that was written.

/// Longer words are not compared.
const CHARS_MAX: usize = 64;

/// The nearest of the known words, if one is near enough: few letters wrong, swapped or missing, other
/// case or separators, the same characters in another order, or the beginning of one word only.
pub fn nearest<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wanted = folded(written);
    if wanted.is_empty() || wanted.len() > CHARS_MAX {
        return None;
    }
    let known: Vec<&str> = known.into_iter().collect();
    let scored = known.iter().filter_map(|word| Some((distance_within(&wanted, &folded(word))?, *word)));
    let best = scored.min_by_key(|(distance, word)| (*distance, *word)).map(|(_, word)| word);
    best.or_else(|| only_prefixed(&wanted, &known))
}

/// Lower case, without what separates words.
fn folded(word: &str) -> Vec<char> {
    word.chars().flat_map(char::to_lowercase).filter(|char| !matches!(char, '_' | '-' | ' ' | '.')).collect()
}

/// The distance, if it is small for words of this length.
fn distance_within(written: &[char], known: &[char]) -> Option<usize> {
    if known.is_empty() || known.len() > CHARS_MAX {
        return None;
    }
    let longer = written.len().max(known.len());
    // A Chinese character carries as much as several letters: half of a word may differ, not a third.
    let han = known.iter().any(|char| !char.is_ascii());
    let allowed = if han { longer / 2 } else { longer.div_ceil(3).min(4) };
    // So many letters more are so many insertions.
    if written.len().abs_diff(known.len()) > allowed {
        return None;
    }
    let (mut one, mut two) = (written.to_vec(), known.to_vec());
    one.sort_unstable();
    two.sort_unstable();
    let reordered = longer > 1 && one == two;
    let distance = if reordered { 1 } else { distance(written, known) };
    // Nothing of a two-letter word is left when both letters differ.
    (distance <= allowed && distance < longer).then_some(distance)
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
fn distance(one: &[char], two: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=two.len()).collect();
    for (i, a) in one.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, b) in two.iter().enumerate() {
            let replaced = above[j] + usize::from(a != b);
            let mut cost = replaced.min(above[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *a == two[j - 1] && one[i - 1] == *b {
                cost = cost.min(before[j - 1] + 1);
            }
            row.push(cost);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[two.len()]
}

/// The only known word that begins with what was written.
fn only_prefixed<'a>(written: &[char], known: &[&'a str]) -> Option<&'a str> {
    let long_enough = written.len() >= 3 || (written.len() >= 2 && !written[0].is_ascii());
    let mut begun = known.iter().filter(|word| long_enough && folded(word).starts_with(written));
    begun.next().filter(|_| begun.next().is_none()).copied()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn the_word_meant_is_found_and_no_other() {
        #[rustfmt::skip]
        let table = [
            ("auto_canceled", "auto_cancelled, cancelled", Some("auto_cancelled")),
            ("tilte",         "title, states",             Some("title")),
            ("Title",         "title, states",             Some("title")),
            ("认领上线",       "认领上限, 评估期限",          Some("认领上限")),
            ("上限认领",       "认领上限, 评估期限",          Some("认领上限")),
            ("评估",          "认领上限, 评估期限",          Some("评估期限")),
            ("银行",          "企业, 平台",                 None),
            ("xyz",           "title, states",             None),
            ("on",            "go, do",                    None),
            ("dead",          "deadline, states",          Some("deadline")),
            ("",              "title",                     None),
        ];
        for (written, known, wanted) in table {
            assert_eq!(nearest(written, known.split(", ")), wanted, "{written}");
        }
    }
}
