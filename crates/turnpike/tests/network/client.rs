//! A customer at an address of his own.

use crate::common::Demo;
use serde_json::{Value, json};
use socket2::{Domain, SockAddr, Socket, Type};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// Who calls, and from where.
#[derive(Clone, Debug)]
pub(crate) struct Customer {
    pub(crate) email: String,
    pub(crate) key: String,
    pub(crate) from: &'static str,
}

/// What the proxy answered to a request for the echo origin.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) head: String,
    pub(crate) body: Value,
}

impl Seen {
    /// The address that the origin saw.
    pub(crate) fn ip(&self) -> String {
        assert!(self.head.starts_with("HTTP/1.1 200 "), "{self:?}");
        self.body["ip"].as_str().unwrap().to_owned()
    }

    /// The slug and the sentence of a refusal.
    pub(crate) fn refusal(&self) -> (u16, String) {
        let status = self.head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, format!("{} {}", self.body["error"].as_str().unwrap_or_default(), self.body["message"]))
    }
}

/// Connects from an address.
pub(crate) fn connect(from: &str, to: &str) -> std::io::Result<TcpStream> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
    socket.bind(&SockAddr::from(SocketAddr::new(from.parse().unwrap(), 0)))?;
    socket.connect(&SockAddr::from(to.parse::<SocketAddr>().unwrap()))?;
    socket.set_read_timeout(Some(Duration::from_secs(30)))?;
    Ok(socket.into())
}

fn answer(stream: &mut TcpStream) -> (String, String) {
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
    (format!("{head}\r\n"), body.to_owned())
}

/// `Proxy-Authorization` of an account with the password `pass`.
pub(crate) fn auth(username: &str) -> String {
    let login = crate::common::base64(&format!("{username}:pass"));
    format!("Proxy-Authorization: Basic {login}\r\n")
}

impl Customer {
    /// The demo's own, at 127.0.0.1.
    pub(crate) fn own(demo: &Demo) -> Self {
        Self { email: demo.text("/customer/email"), key: demo.text("/app_key"), from: "127.0.0.1" }
    }

    /// A new one with a bucket of type 9, allowlisted at `from`.
    pub(crate) fn new(demo: &Demo, email: &str, from: &'static str) -> Self {
        let made = demo.operator("customer/create", json!({"email": email}));
        let key = made["app_key"].as_str().unwrap().to_owned();
        demo.operator("package/grant", json!({"customer": email, "type": 9, "gb": 1}));
        let customer = Self { email: email.to_owned(), key, from };
        let allowed = customer.api(demo, "proxy-ip/add", Some(json!({"ips": from})));
        assert_eq!(allowed["code"], 200, "{allowed}");
        customer
    }

    /// The text of an answer of the API.
    pub(crate) fn text(&self, demo: &Demo, path: &str, body: Option<Value>) -> String {
        let host = demo.text("/api").trim_start_matches("http://").to_owned();
        let (method, body) = body.map_or(("GET", String::new()), |b| ("POST", b.to_string()));
        let mut stream = connect(self.from, &host).unwrap();
        let head = format!(
            "{method} /gateway/{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\nLanguage: en\r\n\
             Connection: close\r\nContent-Length: {}\r\n\r\n{body}",
            self.key,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        answer(&mut stream).1
    }

    /// Asks the customer API; gives the envelope.
    pub(crate) fn api(&self, demo: &Demo, path: &str, body: Option<Value>) -> Value {
        let text = self.text(demo, path, body);
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{path}: {text}"))
    }

    /// Endpoints that extraction gives.
    pub(crate) fn extract(&self, demo: &Demo, query: &str) -> Vec<String> {
        let answer = self.api(demo, &format!("ip/v3?{query}"), None);
        assert_eq!(answer["code"], 200, "{answer}");
        serde_json::from_value(answer["data"]["list"][0].clone()).unwrap()
    }

    /// A forwarded request for the echo origin.
    pub(crate) fn get(&self, demo: &Demo, at: &str, more: &str) -> Seen {
        let echo = demo.echo_host();
        let mut stream = connect(self.from, at).unwrap();
        let head = format!("GET http://{echo}/ HTTP/1.1\r\nHost: {echo}\r\nConnection: close\r\n{more}\r\n");
        stream.write_all(head.as_bytes()).unwrap();
        let (head, body) = answer(&mut stream);
        Seen { head, body: serde_json::from_str(&body).unwrap_or(Value::Null) }
    }

    /// A request for the echo origin inside a stream that leads there.
    pub(crate) fn get_inside(&self, demo: &Demo, stream: &mut TcpStream) -> Seen {
        let echo = demo.echo_host();
        stream
            .write_all(format!("GET / HTTP/1.1\r\nHost: {echo}\r\nConnection: close\r\n\r\n").as_bytes())
            .unwrap();
        let (head, body) = answer(stream);
        Seen { head, body: serde_json::from_str(&body).unwrap_or(Value::Null) }
    }
}
