//! A mail server that keeps what is sent to it.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// See the module. Ends with the test's process.
pub(crate) struct Mailbox {
    pub(crate) url: String,
    mails: Receiver<String>,
}

impl Mailbox {
    /// Listens on a port of the system's choice.
    pub(crate) fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let (sender, mails) = channel();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sender = sender.clone();
                std::thread::spawn(move || talk(stream, &sender));
            }
        });
        Self { url, mails }
    }

    /// The next mail: its headers, and its plain text decoded.
    pub(crate) fn next(&self) -> (String, String) {
        decoded(&self.mails.recv_timeout(Duration::from_secs(60)).expect("a mail comes"))
    }

    /// The text of the next mail, whenever it comes.
    #[allow(dead_code, reason = "only the console's walk waits for mails")]
    pub(crate) fn wait(&self) -> Option<String> {
        self.mails.recv().ok().map(|raw| decoded(&raw).1)
    }

    /// What stands behind `#code=` in the next mail.
    pub(crate) fn next_code(&self) -> String {
        let (_, text) = self.next();
        let code = text.split("#code=").nth(1).unwrap_or_else(|| panic!("no link: {text}"));
        code.split_whitespace().next().unwrap().to_owned()
    }
}

fn decoded(raw: &str) -> (String, String) {
    let (head, body) = raw.split_once("\n\n").unwrap();
    let part = body.split("\n--").find(|part| part.contains("text/plain")).unwrap_or(body);
    let (fields, text) = part.split_once("\n\n").unwrap_or(("", part));
    let fields = fields.to_ascii_lowercase();
    let text = if fields.contains("base64") {
        base64_text(text)
    } else if fields.contains("quoted-printable") {
        quoted_text(text)
    } else {
        text.to_owned()
    };
    (head.to_owned(), text)
}

fn talk(stream: TcpStream, mails: &Sender<String>) -> Option<()> {
    let mut writer = stream.try_clone().ok()?;
    let mut lines = BufReader::new(stream).lines();
    writer.write_all(b"220 mailbox\r\n").ok()?;
    while let Some(Ok(line)) = lines.next() {
        let answer: &[u8] = match line.split([' ', ':']).next()?.to_ascii_uppercase().as_str() {
            "DATA" => {
                writer.write_all(b"354 go on\r\n").ok()?;
                let mail: Vec<String> =
                    lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
                mails.send(mail.join("\n")).ok()?;
                b"250 taken\r\n"
            }
            "QUIT" => b"221 bye\r\n",
            _ => b"250 mailbox\r\n",
        };
        writer.write_all(answer).ok()?;
    }
    None
}

fn base64_text(coded: &str) -> String {
    let value = |b: u8| match b {
        b'A'..=b'Z' => Some(b - b'A'),
        b'a'..=b'z' => Some(b - b'a' + 26),
        b'0'..=b'9' => Some(b - b'0' + 52),
        b'+' => Some(62),
        b'/' => Some(63),
        _ => None,
    };
    let digits: Vec<u8> = coded.bytes().filter_map(value).collect();
    let mut bytes = Vec::new();
    for four in digits.chunks(4) {
        let n = four.iter().fold(0_u32, |n, d| n << 6 | u32::from(*d)) << (6 * (4 - four.len()));
        bytes.extend(n.to_be_bytes()[1..four.len()].iter());
    }
    String::from_utf8(bytes).unwrap()
}

/// RFC 2045 section 6.7.
fn quoted_text(coded: &str) -> String {
    let joined = coded.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        match hex.filter(|_| *first == b'=').and_then(|two| u8::from_str_radix(two, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap()
}
