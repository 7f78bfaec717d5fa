//! Mail against a real SMTP server on loopback, with the faults real ones have.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use crate::world::{Ready, file, notice, settings, word};
use connectors::mail::Sender;
use connectors::registry;
use connectors::secret::Secret;
use connectors::smtp::{Line, Post, Smtp};
use ports::connector::Connector;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// What the server does wrong.
#[derive(Clone, Copy, PartialEq)]
enum Habit {
    Good,
    /// Takes the whole message, keeps it, and hangs up instead of saying so. Once.
    DropsAfterData,
    /// Says no to this command with this code.
    Answers(&'static str, &'static str),
    /// Never answers the greeting.
    Silent,
}

#[derive(Default)]
struct Seen {
    /// Every message, as it came.
    mail: Mutex<Vec<String>>,
    /// Commands, without their arguments.
    words: Mutex<Vec<String>>,
    dropped: Mutex<bool>,
}

impl Seen {
    fn mail(&self) -> Vec<String> {
        self.mail.lock().unwrap().clone()
    }

    fn header(&self, at: usize, name: &str) -> String {
        let mail = self.mail();
        let line = mail[at].lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {}", mail[at])).to_owned()
    }
}

/// A server on a port of its own; it ends with the test.
async fn serve(habit: Habit, line: Line) -> (u16, Arc<Seen>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(Seen::default());
    let kept = seen.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream, habit, line, kept.clone()));
        }
    });
    (port, seen)
}

async fn connection(stream: TcpStream, habit: Habit, line: Line, seen: Arc<Seen>) {
    if habit == Habit::Silent {
        std::future::pending::<()>().await;
    }
    if line == Line::Tls {
        if let Ok(stream) = crate::world::acceptor().accept(stream).await {
            talk(BufReader::new(stream), habit, false, true, &seen).await;
        }
        return;
    }
    let turned = talk(BufReader::new(stream), habit, line == Line::StartTls, true, &seen).await;
    if let Some(stream) = turned
        && let Ok(stream) = crate::world::acceptor().accept(stream.into_inner()).await
    {
        talk(BufReader::new(stream), habit, false, false, &seen).await;
    }
}

/// Speaks SMTP until the client leaves, or wants TLS.
async fn talk<S>(
    mut stream: BufReader<S>,
    habit: Habit,
    offers_tls: bool,
    greets: bool,
    seen: &Seen,
) -> Option<BufReader<S>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    if greets {
        stream.write_all(b"220 post.example.cn ESMTP\r\n").await.ok()?;
    }
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        let command = line.split([' ', '\r']).next().unwrap_or_default().to_ascii_uppercase();
        seen.words.lock().unwrap().push(command.clone());
        if let Habit::Answers(to, answer) = habit
            && to == command
        {
            stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
            continue;
        }
        let answer = match command.as_str() {
            "EHLO" if offers_tls => "250-post.example.cn\r\n250-STARTTLS\r\n250 8BITMIME",
            "EHLO" => "250-post.example.cn\r\n250-AUTH PLAIN\r\n250 8BITMIME",
            "STARTTLS" => {
                stream.write_all(b"220 go ahead\r\n").await.ok()?;
                return Some(stream);
            }
            "AUTH" => "235 welcome",
            "DATA" => {
                stream.write_all(b"354 go ahead\r\n").await.ok()?;
                let message = message(&mut stream).await?;
                seen.mail.lock().unwrap().push(message);
                let before = std::mem::replace(&mut *seen.dropped.lock().unwrap(), true);
                if habit == Habit::DropsAfterData && !before {
                    return None;
                }
                "250 taken"
            }
            "QUIT" => "221 bye",
            _ => "250 ok",
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.ok()?;
    }
}

async fn message<S: AsyncRead + Unpin>(stream: &mut BufReader<S>) -> Option<String> {
    let mut whole = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.ok()? == 0 {
            return None;
        }
        if line == ".\r\n" {
            return Some(whole);
        }
        whole.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}

fn smtp(port: u16, line: Line, to: Vec<Option<&'static str>>) -> Smtp {
    let post = Post {
        host: "127.0.0.1".to_owned(),
        port,
        line,
        login: (line != Line::Plain).then(|| ("office".to_owned(), Secret::new("canary-9a"))),
        authority: Some(std::fs::read(file("authority.pem")).unwrap()),
        patience: Duration::from_millis(300),
        pool: 2,
    };
    let sender = Sender::read("融资服务平台 <noreply@rongzi.example.gov.cn>", None).unwrap();
    Smtp::new("mail", &post, sender, Arc::new(Ready(to))).unwrap()
}

const BANK: Option<&str> = Some("credit@bank.example.cn");

#[tokio::test]
async fn a_letter_arrives_in_text_and_html_whatever_protects_the_line() {
    for line in [Line::Plain, Line::StartTls, Line::Tls] {
        let (port, seen) = serve(Habit::Good, line).await;
        let delivery = smtp(port, line, vec![BANK]).deliver(&notice()).await;
        assert_eq!(word(&delivery), "delivered", "{line:?} {delivery:?}");
        let mail = seen.mail();
        assert_eq!(mail.len(), 1);
        assert!(mail[0].contains("multipart/alternative"), "{}", mail[0]);
        assert!(
            mail[0].contains("text/plain; charset=utf-8") && mail[0].contains("text/html; charset=utf-8")
        );
        assert_eq!(seen.header(0, "Auto-Submitted"), "auto-generated");
        let words = seen.words.lock().unwrap().join(" ");
        assert_eq!(words.contains("STARTTLS"), line == Line::StartTls, "{words}");
        assert_eq!(words.contains("AUTH"), line != Line::Plain, "{words}");
    }
}

#[tokio::test]
async fn a_reply_lost_after_the_data_is_unknown_and_goes_again_under_the_same_message_id() {
    let (port, seen) = serve(Habit::DropsAfterData, Line::Plain).await;
    let smtp = smtp(port, Line::Plain, vec![BANK]);
    let mut request = notice();
    let first = smtp.deliver(&request).await;
    assert_eq!(word(&first), "later, perhaps there", "{first:?}");
    request.attempt = 2;
    assert_eq!(word(&smtp.deliver(&request).await), "delivered");
    assert_eq!(seen.mail().len(), 2);
    assert_eq!(seen.header(0, "Message-ID"), seen.header(1, "Message-ID"));
    assert_eq!(seen.header(0, "Date"), seen.header(1, "Date"));
    request.key.effect = 1;
    smtp.deliver(&request).await;
    assert_ne!(seen.header(0, "Message-ID"), seen.header(2, "Message-ID"));
}

#[tokio::test]
async fn what_the_server_says_decides_whether_to_try_again() {
    let table = [
        (Habit::Answers("MAIL", "451 busy"), Line::Plain, "later"),
        (Habit::Answers("RCPT", "550 no such mailbox"), Line::Plain, "never"),
        (Habit::Answers("RCPT", "452 mailbox full"), Line::Plain, "later"),
        (Habit::Answers("DATA", "554 refused"), Line::Plain, "never"),
        // The letter is not at fault when our own login is.
        (Habit::Answers("AUTH", "535 wrong password"), Line::Tls, "later"),
        (Habit::Silent, Line::Plain, "later, perhaps there"),
    ];
    for (habit, line, wanted) in table {
        let (port, _) = serve(habit, line).await;
        let delivery = smtp(port, line, vec![BANK]).deliver(&notice()).await;
        assert_eq!(word(&delivery), wanted, "{delivery:?}");
        assert!(!format!("{delivery:?}").contains("canary"));
    }
}

#[tokio::test]
async fn a_line_that_never_stood_has_carried_nothing() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    assert_eq!(word(&smtp(port, Line::Plain, vec![BANK]).deliver(&notice()).await), "later");
    let (port, seen) = serve(Habit::Good, Line::Plain).await;
    let untold = smtp(port, Line::StartTls, vec![BANK]).deliver(&notice()).await;
    assert_eq!(word(&untold), "later", "a server without STARTTLS gets nothing in the open: {untold:?}");
    assert!(seen.mail().is_empty());
}

#[tokio::test]
async fn one_recipient_who_fails_does_not_send_the_others_their_letter_again() {
    let (port, seen) = serve(Habit::Answers("NOOP", "250 ok"), Line::Plain).await;
    let both = smtp(port, Line::Plain, vec![BANK, None, Some("clerk@bank.example.cn")]);
    assert_eq!(word(&both.deliver(&notice()).await), "delivered", "no address: the inbox has to do");
    assert_eq!(seen.mail().len(), 2);
    let nobody = smtp(port, Line::Plain, vec![None, None]).deliver(&notice()).await;
    assert!(format!("{nobody:?}").contains("no mail address is known of 收件单位0, 收件单位1"), "{nobody:?}");

    let (port, seen) = serve(Habit::DropsAfterData, Line::Plain).await;
    let smtp = smtp(port, Line::Plain, vec![BANK, Some("clerk@bank.example.cn")]);
    assert_eq!(word(&smtp.deliver(&notice()).await), "later, perhaps there");
    assert_eq!(word(&smtp.deliver(&notice()).await), "delivered");
    let to: Vec<String> = (0..3).map(|at| seen.header(at, "To")).collect();
    assert_eq!(seen.mail().len(), 3, "the first again, the second not");
    assert_eq!(to[0], to[2]);
    assert_ne!(to[0], to[1]);
}

#[tokio::test]
async fn mail_in_the_open_leaves_this_machine_for_nobody() {
    let world = crate::world::world(Some(Arc::new(Ready(vec![]))));
    let open = |lines: &str| registry::open("smtp", settings("mail", lines), &world).map(|_| ());
    assert_eq!(open("host = localhost\nfrom = a@b.example\ntls = none"), Ok(()));
    let said = open("host = mail.example.cn\nfrom = nobody\ntls = none\npassword = x").unwrap_err();
    let said: Vec<String> = said.iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(said.join("\n"), @"
    connector mail: password: a secret is not written here: say password_file or password_env
    connector mail: from: `nobody` is not a mail address
    ");
    let said = open("host = mail.example.cn\nfrom = a@b.example\ntls = none").unwrap_err();
    assert!(said[0].problem.starts_with("mail in the open"), "{said:?}");
}
