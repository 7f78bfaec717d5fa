//! What changed between two texts, line by line, as people read it.

/// Longer texts are compared only up to where they begin and end alike.
const LINES_MAX: usize = 2_000;

/// The lines taken away and put in, each with its number in the text it belongs to.
pub fn between(before: &str, after: &str) -> String {
    let old: Vec<&str> = before.lines().collect();
    let new: Vec<&str> = after.lines().collect();
    let start = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let rest = old.len().min(new.len()) - start;
    let end = old.iter().rev().zip(new.iter().rev()).take(rest).take_while(|(a, b)| a == b).count();
    let (old_part, new_part) = (&old[start..old.len() - end], &new[start..new.len() - end]);
    let mut out = String::new();
    for change in changes(old_part, new_part) {
        match change {
            Change::Out(at) => out.push_str(&format!("  {:>4} - {}\n", start + at + 1, old_part[at])),
            Change::In(at) => out.push_str(&format!("  {:>4} + {}\n", start + at + 1, new_part[at])),
        }
    }
    out.trim_end().to_owned()
}

enum Change {
    Out(usize),
    In(usize),
}

fn changes(old: &[&str], new: &[&str]) -> Vec<Change> {
    if old.len().max(new.len()) > LINES_MAX {
        return (0..old.len()).map(Change::Out).chain((0..new.len()).map(Change::In)).collect();
    }
    let common = common_lengths(old, new);
    let (mut i, mut j, mut out) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        if i < old.len() && j < new.len() && old[i] == new[j] {
            (i, j) = (i + 1, j + 1);
        } else if j == new.len() || (i < old.len() && common[i + 1][j] >= common[i][j + 1]) {
            out.push(Change::Out(i));
            i += 1;
        } else {
            out.push(Change::In(j));
            j += 1;
        }
    }
    out
}

/// How many lines the rests of both texts share, in order, from each pair of places on.
fn common_lengths(old: &[&str], new: &[&str]) -> Vec<Vec<u32>> {
    let mut common = vec![vec![0; new.len() + 1]; old.len() + 1];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            let longer = common[i + 1][j].max(common[i][j + 1]);
            common[i][j] = if old[i] == new[j] { common[i + 1][j + 1] + 1 } else { longer };
        }
    }
    common
}

#[cfg(test)]
mod tests {
    use super::between;

    #[test]
    fn only_what_changed_is_shown() {
        let shown = between("a\nb\nc\nd\n", "a\nB\nc\nd\ne\n");
        assert_eq!(shown, "     2 - b\n     2 + B\n     5 + e");
    }
}
