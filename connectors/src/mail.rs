//! A letter as an Internet message: text and HTML side by side, every header typed.
//!
//! Headers are built from types, never from strings put together, so that no text can add a header of its
//! own (RFC 5322). The message of a letter is the same at every attempt, its Message-ID included: that is
//! what mail systems tell repetitions by.

use std::time::{Duration, SystemTime};

use jiff::Timestamp;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};
use lettre::{Address, Message};

use crate::letter::Letter;
use crate::render::one_line;

/// Who letters come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sender {
    /// The mailbox, such as `融资服务平台 <noreply@rongzi.example.gov.cn>`.
    pub from: Mailbox,
    /// Where answers go, if anywhere.
    pub reply_to: Option<Mailbox>,
}

/// Why a letter cannot be a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoMail {
    /// The recipient gave none.
    #[error("{0} has no mail address")]
    NoAddress(String),
    /// It cannot be one.
    #[error("the mail address of {0} is not one")]
    BadAddress(String),
    /// Something else that mail cannot carry.
    #[error("the letter cannot be sent as mail: {0}")]
    Unfit(String),
}

impl Sender {
    /// Reads `Name <address>` or an address.
    ///
    /// # Errors
    /// The text, if it is neither.
    pub fn read(from: &str, reply_to: Option<&str>) -> Result<Sender, String> {
        let mailbox = |text: &str| text.parse::<Mailbox>().map_err(|_| text.to_owned());
        Ok(Sender { from: mailbox(from)?, reply_to: reply_to.map(mailbox).transpose()? })
    }

    /// The message of a letter, dated as the notice it carries.
    ///
    /// # Errors
    /// [`NoMail`].
    pub fn message(&self, letter: &Letter, sent: Timestamp) -> Result<Message, NoMail> {
        let name = &letter.to.name;
        let mail = letter.to.mail.as_deref().ok_or_else(|| NoMail::NoAddress(name.clone()))?;
        let address: Address = mail.parse().map_err(|_| NoMail::BadAddress(name.clone()))?;
        let unfit = |e: &dyn std::fmt::Display| NoMail::Unfit(e.to_string());
        let mut message = Message::builder()
            .from(self.from.clone())
            // The mail library stops the program at a control character in a name.
            .to(Mailbox::new(Some(one_line(name)), address))
            .date(wall(sent))
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .subject(one_line(&letter.written.subject))
            .raw_header(automatic());
        if let Some(mailbox) = &self.reply_to {
            message = message.reply_to(mailbox.clone());
        }
        let part = |kind: ContentType, text: &str| SinglePart::builder().header(kind).body(text.to_owned());
        let both = MultiPart::alternative()
            .singlepart(part(ContentType::TEXT_PLAIN, &letter.written.text))
            .singlepart(part(ContentType::TEXT_HTML, &letter.written.html));
        message.multipart(both).map_err(|e| unfit(&e))
    }
}

/// No machine is to answer (RFC 3834).
fn automatic() -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str("Auto-Submitted"), "auto-generated".to_owned())
}

fn wall(at: Timestamp) -> SystemTime {
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::letter::{Recipient, Side};
    use crate::render::Written;
    use expr::lang::Lang;

    fn letter(name: &str, mail: Option<&str>, subject: &str) -> Letter {
        let to = Recipient {
            name: name.to_owned(),
            mail: mail.map(str::to_owned),
            lang: Lang::Zh,
            side: Side::Bank,
        };
        let written = Written {
            subject: subject.to_owned(),
            text: "正文\n.\n".to_owned(),
            html: "<p>正文</p>".to_owned(),
        };
        Letter { to, written, id: "00ff".repeat(10) }
    }

    fn sender() -> Sender {
        Sender::read("融资服务平台 <noreply@rongzi.example.gov.cn>", Some("help@rongzi.example.gov.cn"))
            .unwrap()
    }

    /// The headers of the message, in order.
    fn headers(letter: &Letter) -> String {
        let message = sender().message(letter, "2026-11-23T08:00:00Z".parse().unwrap()).unwrap();
        let text = String::from_utf8(message.formatted()).unwrap();
        text.split("\r\n\r\n").next().unwrap().replace('\r', "")
    }

    #[test]
    fn the_message_of_a_letter_is_the_same_every_time() {
        let one = letter("苏州银行", Some("credit@bank.example.cn"), "评估即将到期");
        let shown = headers(&one);
        let known: Vec<&str> = shown.lines().filter(|line| !line.contains("boundary")).collect();
        insta::assert_snapshot!(known.join("\n"));
    }

    #[test]
    fn no_text_can_add_a_header() {
        let evil =
            letter("甲\r\nBcc: a@evil.example", Some("a@b.example"), "x\r\nBcc: b@evil.example\r\n\r\nhi");
        let shown = headers(&evil);
        assert!(shown.lines().all(|line| !line.to_ascii_lowercase().starts_with("bcc")), "{shown}");
        let message = |mail| sender().message(&letter("甲", mail, "x"), Timestamp::UNIX_EPOCH);
        for wrong in ["a@b.example\r\nBcc: c@evil.example", "a@b.example>, <c@evil.example", "a", "", "a b@c"]
        {
            assert_eq!(message(Some(wrong)).unwrap_err(), NoMail::BadAddress("甲".to_owned()), "{wrong:?}");
        }
        assert_eq!(message(None).unwrap_err(), NoMail::NoAddress("甲".to_owned()));
    }
}
