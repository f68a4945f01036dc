//! Mail and webhooks against servers of the tests' own.

use crate::{CourierError, Mail, Smtp, Webhook, signature, sink};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use turnpike_base::{Secret, Timestamp};

fn mail() -> Mail {
    Mail {
        to: "ann@example.com".into(),
        from_name: "品牌".into(),
        subject: "[品牌] 请验证您的邮箱".into(),
        text: "打开链接".into(),
        html: "<p>打开链接</p>".into(),
        id: "7".into(),
    }
}

#[tokio::test]
async fn a_mail_arrives_with_both_forms_and_the_brands_name() {
    let (address, mut mails) = sink::start(false).await;
    let smtp = Smtp::new(&format!("smtp://{address}"), "noreply@brand.example").unwrap();
    smtp.send(&mail()).await.unwrap();
    let raw = mails.recv().await.unwrap();
    assert!(raw.contains("<noreply@brand.example>") && raw.contains("To: ann@example.com"), "{raw}");
    assert!(raw.contains("=?utf-8?") && raw.contains("text/plain") && raw.contains("text/html"), "{raw}");
    assert!(raw.contains("Message-ID: <7@brand.example>"), "{raw}");
}

#[tokio::test]
async fn whatever_a_brand_is_called_its_mail_goes_out_with_no_header_more() {
    let (address, mut mails) = sink::start(false).await;
    let smtp = Smtp::new(&format!("smtp://{address}"), "noreply@brand.example").unwrap();
    for name in [
        "A\r\nBcc: x@evil.example",
        "\u{0}",
        "",
        "\u{7f}\u{85}x",
        "\"quoted\" <a@b.c>, d",
        &"品牌".repeat(2_000),
    ] {
        let mail = Mail { from_name: name.to_owned(), subject: format!("[{name}] s"), ..mail() };
        smtp.send(&mail).await.unwrap();
        let raw = mails.recv().await.unwrap();
        assert!(!raw.lines().any(|line| line.starts_with("Bcc:")), "{raw}");
    }
}

#[tokio::test]
async fn a_server_that_refuses_or_is_away_is_told() {
    let (address, _mails) = sink::start(true).await;
    let smtp = Smtp::new(&format!("smtp://{address}"), "noreply@brand.example").unwrap();
    assert!(matches!(smtp.send(&mail()).await, Err(CourierError::Smtp(_))));
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let smtp = Smtp::new(&format!("smtp://{free}"), "noreply@brand.example").unwrap();
    assert!(matches!(smtp.send(&mail()).await, Err(CourierError::Smtp(_))));
    let wrong = Mail { to: "nobody".into(), ..mail() };
    assert!(matches!(smtp.send(&wrong).await, Err(CourierError::Mail(_))));
}

#[tokio::test]
async fn a_strangers_webhook_does_not_reach_us() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let webhook = || Webhook::new(&url, Secret::new("s")).unwrap();
    let body = "{\"event\":\"x\"}";
    let refused = webhook().of_stranger(false).send(1, body, Timestamp(0)).await.unwrap_err();
    assert!(matches!(refused, CourierError::Fetch(turnpike_fetch::FetchError::Refused)), "{refused}");
    let laboratory = webhook().of_stranger(true);
    let (sent, _) = tokio::join!(laboratory.send(1, body, Timestamp(0)), receive(listener, "204 No Content"));
    sent.unwrap();
}

#[test]
fn wrong_settings_are_told_without_their_secrets() {
    let told = Smtp::new("ftp://u:hunter2@host", "a@b.c").unwrap_err().to_string();
    assert!(told.contains("smtp-url") && !told.contains("hunter2"), "{told}");
    assert!(Smtp::new("smtp://host", "nobody").unwrap_err().to_string().contains("smtp-from"));
    assert!(Webhook::new("host/hook", Secret::new("s")).unwrap_err().to_string().contains("webhook-url"));
}

/// A server that answers with this status; gives the request.
async fn receive(listener: TcpListener, status: &'static str) -> String {
    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = Vec::new();
    while !String::from_utf8_lossy(&request).ends_with("{\"event\":\"x\"}") {
        let mut piece = [0_u8; 1_024];
        let n = stream.read(&mut piece).await.unwrap();
        request.extend_from_slice(&piece[..n]);
    }
    stream.write_all(format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").as_bytes()).await.unwrap();
    String::from_utf8(request).unwrap()
}

#[tokio::test]
async fn an_event_is_signed_over_its_time_and_body() {
    let secret = Secret::new("a shared secret");
    let body = "{\"event\":\"x\"}";
    for (status, taken) in [("204 No Content", true), ("302 Found", false), ("500 Oh", false)] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let webhook = Webhook::new(&url, secret.clone()).unwrap();
        let (sent, request) =
            tokio::join!(webhook.send(9, body, Timestamp(5_000)), receive(listener, status));
        assert_eq!(sent.is_ok(), taken, "{status}");
        let told = format!("x-turnpike-signature: {}\r\n", signature(&secret, body, Timestamp(5_000)));
        assert!(request.starts_with("POST /hook") && request.to_lowercase().contains(&told), "{request}");
        assert!(request.to_lowercase().contains("x-turnpike-id: 9\r\n"));
    }
    // Known answer, made with `printf '5.{"event":"x"}' | openssl dgst -sha256 -hmac 'a shared secret'`.
    assert_eq!(
        signature(&secret, body, Timestamp(5_000)),
        "t=5,v1=6900bc4eb510efff27e9efc2bee2fa2a210229a1898f3bd4ad7aced91e2db900"
    );
}
