//! What ends soon or is used up is told by mail, in the reader's language and the site's time, and by signed webhook.

use crate::buyer::buyer;
use crate::common::{Demo, eventually};
use crate::mailbox::Mailbox;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;
use turnpike_stand_in::signed;
use turnpike_store::{Store, args};

const SECRET: &str = "whsec_of_the_operator";

/// A server for events; each comes out with its signature.
fn hook() -> (String, Receiver<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let (sender, events) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            if let Some(event) = take(stream) {
                let _ = sender.send(event);
            }
        }
    });
    (url, events)
}

fn take(stream: TcpStream) -> Option<(String, String)> {
    let mut reader = BufReader::new(stream);
    let (mut signature, mut length, mut line) = (String::new(), 0, String::new());
    while reader.read_line(&mut line).ok()? > 2 {
        if let Some((name, value)) = line.trim_end().split_once(": ") {
            match name.to_ascii_lowercase().as_str() {
                "x-turnpike-signature" => signature = value.to_owned(),
                "content-length" => length = value.parse().ok()?,
                _ => {}
            }
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    reader.get_mut().write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").ok()?;
    Some((signature, String::from_utf8(body).ok()?))
}

/// Lets five of the seven days pass that two packages last.
async fn age(dir: &Path, orders: [String; 2]) {
    let store = Store::open_sqlite(dir).await.unwrap();
    let tx = store.write().await.unwrap();
    let sql =
        "UPDATE packages SET paid_at = paid_at - $3, expires_at = expires_at - $3 WHERE trade_no IN ($1, $2)";
    let [one, other] = &orders;
    assert_eq!(tx.exec(sql, args![one, other, 5 * 86_400_000_i64]).await.unwrap(), 2);
    tx.commit().await.unwrap();
    store.close().await.unwrap();
}

#[test]
fn an_expiry_is_told_by_mail_in_both_languages_and_by_signed_event() {
    let (mails, (url, events)) = (Mailbox::open(), hook());
    let flags = [
        "--smtp-url",
        &mails.url,
        "--smtp-from",
        "shop@example.com",
        "--webhook-url",
        &url,
        "--webhook-secret",
        SECRET,
    ];
    let demo = Demo::start(&[&["--endpoint-ports", "0+1"], &flags[..]].concat());
    demo.operator("site/change", json!({"name": "Turnpike Demo", "zone": "Asia/Shanghai", "lang": "zh"}));
    let chinese = buyer(&demo, "zhang@example.com", "127.0.1.40", "400.00");
    let english = buyer(&demo, "ann@example.com", "127.0.1.41", "400.00");
    let token = english.login(&demo);
    demo.ask("/web_v1/user/change-profile", &token, Some(json!({"lang": "en"})));
    let (his, hers) = (
        chinese.buy(&demo, "Residential 20 GB", &json!({})),
        english.buy(&demo, "Residential 20 GB", &json!({})),
    );
    // Three days are what "soon" means: both are warned when the job comes next, within a minute.
    let orders = [&his, &hers].map(|order| order["trade_no"].as_str().unwrap().to_owned());
    tokio::runtime::Runtime::new().unwrap().block_on(age(demo.dir.path(), orders));
    let written = || demo.operator("mail/list", json!({}))["list"].as_array().map_or(0, Vec::len) >= 2;
    assert!(eventually(Duration::from_secs(300), written));
    let expiry = |me: &crate::client::Customer, order: &Value| {
        me.packages(&demo, order)[0]["expired_at"].as_str().unwrap().to_owned()
    };
    let mut told: Vec<(String, String)> = (0..2).map(|_| mails.next()).collect();
    told.sort_by_key(|(head, _)| !head.contains("zhang@example.com"));
    let (zh, en) = (&told[0].1, &told[1].1);
    assert!(
        zh.contains("动态住宅 20 GB") && zh.contains(&expiry(&chinese, &his)) && zh.contains("到期"),
        "{zh}"
    );
    assert!(en.contains("\"Residential 20 GB\" expires at") && en.contains(&expiry(&english, &hers)), "{en}");
    for _ in 0..2 {
        let (signature, body) = events.recv_timeout(Duration::from_secs(60)).expect("an event comes");
        let at = signature.split(',').next().unwrap().trim_start_matches("t=").parse().unwrap();
        assert_eq!(signature, signed(SECRET, at, body.as_bytes()));
        let event: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(event["event"], "package_expires", "{event}");
        let order = if event["trade_no"] == his["trade_no"] { (&chinese, &his) } else { (&english, &hers) };
        let until = expiry(order.0, order.1);
        for lang in ["zh", "en"] {
            assert!(event["text"][lang].as_str().unwrap().contains(&until), "{event}");
        }
    }
}
