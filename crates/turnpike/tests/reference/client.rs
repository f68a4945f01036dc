//! Requests with headers of their own.

use crate::common::Demo;
use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;

impl Demo {
    /// Asks the server anything, with these headers besides; gives the HTTP status and the answer.
    pub(crate) fn request(
        &self,
        path: &str,
        bearer: &str,
        body: Option<&Value>,
        headers: &[&str],
    ) -> (u16, Value) {
        let host = self.text("/api").trim_start_matches("http://").to_owned();
        let (method, body) = body.map_or(("GET", String::new()), |b| ("POST", b.to_string()));
        let mut stream = TcpStream::connect(&host).expect("the API listens");
        let who =
            if bearer.is_empty() { String::new() } else { format!("Authorization: Bearer {bearer}\r\n") };
        let more: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {host}\r\n{who}{more}Connection: close\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let status = answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }
}
