//! Mail over SMTP (RFC 5321), with TLS where the server has it.

use crate::CourierError;
use lettre::message::{Mailbox, MultiPart};
use lettre::transport::smtp::AsyncSmtpTransport;
use lettre::{Address, AsyncTransport, Message, Tokio1Executor};
use std::time::Duration;

/// For each step of the talk with the server.
const PATIENCE: Duration = Duration::from_secs(20);

/// A mail to be sent.
#[derive(Clone, Debug)]
pub struct Mail {
    /// Whom to.
    pub to: String,
    /// In whose name.
    pub from_name: String,
    /// Its subject.
    pub subject: String,
    /// As text.
    pub text: String,
    /// As HTML.
    pub html: String,
    /// Tells it apart; the same on every try, so that readers can drop twins.
    pub id: String,
}

/// A mail server and the address to send from.
#[derive(Clone, Debug)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Address,
}

impl Smtp {
    /// A server by its URL: `smtps://user:password@host` (TLS from the start), `smtp://host:587?tls=required`
    /// (STARTTLS) or `smtp://host:25` (plain).
    ///
    /// # Errors
    /// The URL or the address can't be used; neither is repeated, because the URL holds a password.
    pub fn new(url: &str, from: &str) -> Result<Self, CourierError> {
        let wrong = |_| {
            CourierError::Setting(
                "smtp-url is not smtp://[user:password@]host[:port][?tls=required] or smtps://…",
            )
        };
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(wrong)?;
        let from = from.parse().map_err(|_| {
            CourierError::Setting("smtp-from is not an e-mail address such as noreply@example.com")
        })?;
        Ok(Self { transport: builder.timeout(Some(PATIENCE)).build(), from })
    }

    /// Sends a mail as text and HTML.
    ///
    /// # Errors
    /// It can't be written, or the server does not take it.
    pub async fn send(&self, mail: &Mail) -> Result<(), CourierError> {
        self.transport.send(self.message(mail)?).await.map(drop).map_err(CourierError::Smtp)
    }

    fn message(&self, mail: &Mail) -> Result<Message, CourierError> {
        let to: Address =
            mail.to.parse().map_err(|_| CourierError::Mail("the recipient's address".into()))?;
        let domain = self.from.domain();
        Message::builder()
            .from(Mailbox::new(Some(line(&mail.from_name)), self.from.clone()))
            .to(Mailbox::new(None, to))
            .subject(line(&mail.subject))
            .message_id(Some(format!("<{}@{domain}>", mail.id)))
            .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
            .map_err(|e| CourierError::Mail(e.to_string()))
    }
}

/// Text that may stand in a header: control characters are none, and the library that writes headers panics over them.
fn line(text: &str) -> String {
    text.split(char::is_control).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
