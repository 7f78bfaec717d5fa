//! The same words as simple, accessible HTML: paragraphs, lists, and links to our own pages only.
//!
//! The HTML is made from the finished text, so the two can never differ, and a person's text can never
//! become markup. A link is made of a line `words：URL` whose URL begins with our own address; any other
//! URL stays text, so that nobody can have the office send out their link.

use expr::lang::Lang;

/// Writes the page. `own` is the address our links begin with.
pub(super) fn page(subject: &str, text: &str, lang: Lang, own: &str) -> String {
    let mut body = String::new();
    for block in text.split("\n\n").map(|block| block.trim_matches('\n')).filter(|block| !block.is_empty()) {
        paragraph(&mut body, block, own);
    }
    format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>{title}</title>\n</head>\n\
         <body style=\"font-family:sans-serif;font-size:1rem;line-height:1.6;max-width:40em\">\n\
         <h1 style=\"font-size:1.25rem\">{title}</h1>\n{body}</body>\n</html>\n",
        lang.pick("zh-CN", "en"),
        title = escaped(subject),
    )
}

/// One block between blank lines: runs of lines, and lists of the lines that begin with a dash.
fn paragraph(out: &mut String, block: &str, own: &str) {
    let mut open = "";
    for line in block.lines() {
        let entry = line.strip_prefix("- ");
        let wanted = if entry.is_some() { "ul" } else { "p" };
        if open == "p" && wanted == "p" {
            out.push_str("<br>\n");
        } else if open != wanted {
            close(out, open);
            out.push_str(if wanted == "ul" { "<ul>\n" } else { "<p>" });
        }
        open = wanted;
        match entry {
            Some(entry) => out.push_str(&format!("<li>{}</li>\n", escaped(entry))),
            None => out.push_str(&linked(line, own)),
        }
    }
    close(out, open);
}

fn close(out: &mut String, open: &str) {
    match open {
        "p" => out.push_str("</p>\n"),
        "ul" => out.push_str("</ul>\n"),
        _ => {}
    }
}

/// A line; a link if it is `words：URL` to our own pages.
fn linked(line: &str, own: &str) -> String {
    let split = line.split_once('：').or_else(|| line.split_once(": "));
    match split {
        Some((words, url)) if is_ours(url, own) => {
            format!("<a href=\"{}\">{}</a>", escaped(url), escaped(words))
        }
        _ => escaped(line),
    }
}

fn is_ours(url: &str, own: &str) -> bool {
    let rest = url.strip_prefix(own);
    !own.is_empty()
        && rest.is_some_and(|rest| rest.starts_with('/'))
        && !url.contains(|c: char| c.is_whitespace() || c.is_control())
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c => safe.push(c),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_stay_words_and_only_our_own_links_are_links() {
        let text = "甲公司：\n\n请补正：\n- <b>合同</b>\n- a & b\n此致\n\n查看：https://p.example/c/1\n\
                    see: https://evil.example/\n看：https://p.example.evil/x\n";
        insta::assert_snapshot!(page("请\"补正\"<x>", text, Lang::Zh, "https://p.example"), @r#"
        <!DOCTYPE html>
        <html lang="zh-CN">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <title>请&quot;补正&quot;&lt;x&gt;</title>
        </head>
        <body style="font-family:sans-serif;font-size:1rem;line-height:1.6;max-width:40em">
        <h1 style="font-size:1.25rem">请&quot;补正&quot;&lt;x&gt;</h1>
        <p>甲公司：</p>
        <p>请补正：</p>
        <ul>
        <li>&lt;b&gt;合同&lt;/b&gt;</li>
        <li>a &amp; b</li>
        </ul>
        <p>此致</p>
        <p><a href="https://p.example/c/1">查看</a><br>
        see: https://evil.example/<br>
        看：https://p.example.evil/x</p>
        </body>
        </html>
        "#);
    }
}
