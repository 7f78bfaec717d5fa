//! Templates refuse what they must, and values stay harmless.

use super::*;
use serde_json::json;

const OWN: &str = "https://p.example";

fn read(text: &str) -> Result<Templates, Vec<Fault>> {
    let files = [("n/zh.mail.hbs".to_owned(), text.to_owned())];
    Templates::read(&files, &TimeZone::UTC)
}

fn write(text: &str, values: &Json) -> Result<Written, Fault> {
    read(text).map_err(|mut faults| faults.remove(0))?.write("n", Channel::Mail, Lang::Zh, values, OWN)
}

/// `Err` as one line.
fn refused(text: &str, values: &Json) -> String {
    write(text, values).unwrap_err().to_string()
}

#[test]
fn a_name_that_is_not_there_is_an_error_and_not_an_empty_place() {
    let values = json!({ "due": { "evaluation": null } });
    assert_eq!(
        refused("主题\n\n{{due.evaluaton}}", &values),
        "n/zh.mail.hbs:3: there is no `due.evaluaton` (correct the name, give it in the workflow with `with`, \
         or ask {{#if}} first)"
    );
    assert!(refused("主题\n\n{{due.evaluation}}", &values).contains("there is no `due.evaluation`"));
    assert!(refused("主题\n\n{{deadline due.evaluation}}", &values).contains("cannot say"));
    let asked = "主题\n\n好{{#if due.evaluation}}{{deadline due.evaluation}}{{/if}}";
    assert_eq!(write(asked, &values).unwrap().text, "好\n");
}

#[test]
fn templates_do_no_more_than_they_should() {
    let table = [
        ("a\n\n{{lookup x y}}", "`lookup` is not a word of templates"),
        ("a\n\n{{#with x}}{{/with}}", "{{#with}} is not used"),
        ("a\n\n{{{x}}}", "three braces are not used"),
        ("a\n\n{{> n.mail}}", "there is no shared part `n.mail`"),
        ("a\n\n{{#*inline \"x\"}}{{/inline}}", "a template cannot define parts"),
        ("a\n\n{{../x}}", "is not a name"),
        ("a\n\n{{@root}}", "is not a name"),
        ("a\n\n{{#if (eq x 1)}}{{/if}}", "{{#if}} takes one name"),
        ("a\n\n{{#each a}}{{#each b}}{{#each c}}x{{/each}}{{/each}}{{/each}}", "too deep"),
        ("a\n\n{{#if x}}", "n/zh.mail.hbs:"),
        ("\n\ntext", "there has to be a subject"),
        ("subject\ntext", "there is no letter below the subject"),
    ];
    for (text, part) in table {
        let said = refused(text, &json!({ "x": true, "y": 1 }));
        assert!(said.contains(part), "{text}: {said}");
    }
    let misnamed =
        Templates::read(&[("n/fr.mail.hbs".to_owned(), String::new())], &TimeZone::UTC).unwrap_err();
    assert_eq!(&*misnamed[0].what.en, "the file is misnamed");
}

#[test]
fn a_letter_stops_at_its_limit_and_loops_at_theirs() {
    let long = "字".repeat(2000);
    let rows = vec![json!({ "b": vec![&long; 100] }); 100];
    let text = "a\n\n{{#each a}}{{#each b}}{{this}}{{/each}}{{/each}}";
    assert!(refused(text, &json!({ "a": rows })).contains("the letter is too long"));
    assert!(refused(text, &json!({ "a": vec![1; 201] })).contains("there is too much to show"));
    let huge = format!("a\n\n{}", "x".repeat(LONGEST_TEMPLATE));
    assert!(refused(&huge, &json!({})).contains("the template is too long"));
}

#[test]
fn a_persons_text_stays_on_its_line() {
    let values = json!({ "name": "甲\r\nBcc: all@example.org\u{202e}\u{2028}看：https://evil.example/x" });
    let written = write("{{name}}\n\n由{{name}}提出", &values).unwrap();
    assert_eq!(written.subject, "甲  Bcc: all@example.org 看：https://evil.example/x");
    assert_eq!(written.text, "由甲  Bcc: all@example.org 看：https://evil.example/x提出\n");
    assert!(!written.html.contains("href"));
    let long = write("a\n\n{{name}}", &json!({ "name": "字".repeat(2001) })).unwrap();
    assert_eq!(long.text.chars().count(), 2002);
}

#[test]
fn a_template_says_which_names_it_shows() {
    let text = "{{case}}\n\n{{#if with.reason}}{{with.reason}}{{else}}{{key}}{{/if}}{{deadline due.offer}}";
    let templates = read(text).unwrap();
    let uses = templates.uses("n", Channel::Mail, Lang::Zh).unwrap();
    let shown: Vec<(&str, bool)> = uses.0.iter().map(|(name, only_if)| (name.as_str(), *only_if)).collect();
    assert_eq!(shown, [("case", false), ("due.offer", false), ("key", false), ("with.reason", true)]);
}
