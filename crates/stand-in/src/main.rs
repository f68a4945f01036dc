//! `stripe-stand-in`: the stand-in as a program, for browsers and other processes. See the library.

use std::io::{self, Write};
use turnpike_stand_in::{Clock, KEY, Stripe, WEBHOOK_SECRET};

#[tokio::main]
async fn main() -> io::Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let listen = match words.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => "127.0.0.1:0".to_owned(),
        ["--listen", address] => address.to_owned(),
        _ => return Err(io::Error::other("usage: stripe-stand-in [--listen ADDRESS:PORT]")),
    };
    let stripe = Stripe::start(&listen, Clock::System).await?;
    let told =
        serde_json::json!({"api": stripe.address(), "secret_key": KEY, "webhook_secret": WEBHOOK_SECRET});
    writeln!(io::stdout(), "{told}")?;
    io::stdout().flush()?;
    tokio::signal::ctrl_c().await
}
