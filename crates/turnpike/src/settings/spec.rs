//! Every setting once: its name (the flag, and the key of the file), its default and what it is for. The
//! environment variable is `TURNPIKE_` and the name in capitals with `_` for `-`.

/// One setting.
#[derive(Debug)]
pub struct Spec {
    /// Flag without `--`, and key of the settings file.
    pub name: &'static str,
    /// Used where nothing else is said.
    pub default: Option<&'static str>,
    /// What the help calls its value; empty for a switch.
    pub value: &'static str,
    /// Shown as `***`.
    pub secret: bool,
    /// For `--help` and the operator's manual.
    pub help: &'static str,
}

impl Spec {
    /// The environment variable.
    pub fn variable(&self) -> String {
        format!("TURNPIKE_{}", self.name.to_ascii_uppercase().replace('-', "_"))
    }

    /// Whether it is on or off and nothing else.
    pub const fn is_switch(&self) -> bool {
        self.value.is_empty()
    }
}

/// The setting with this name.
pub(super) fn find(name: &str) -> Option<&'static Spec> {
    ALL.iter().find(|spec| spec.name == name)
}

const fn plain(
    name: &'static str,
    value: &'static str,
    default: Option<&'static str>,
    help: &'static str,
) -> Spec {
    Spec { name, default, value, secret: false, help }
}

const fn secret(name: &'static str, value: &'static str, help: &'static str) -> Spec {
    Spec { name, default: None, value, secret: true, help }
}

/// Every setting, in the order of the manual.
pub const ALL: &[Spec] = &[
    plain("data-dir", "DIR", Some("./turnpike-data"), "Where the data live: store, key, lock"),
    secret("database-url", "URL", "PostgreSQL in place of SQLite: postgres://user:password@host/database"),
    plain("api-listen", "ADDR", Some("127.0.0.1:8080"), "Address and port of the API"),
    plain("proxy-listen", "ADDR", Some("127.0.0.1:3120"), "Address and port of the proxy entry"),
    plain(
        "echo-listen",
        "ADDR",
        Some("127.0.0.1:8081"),
        "Address and port of the demo's echo origin; follows --api-listen to port 0",
    ),
    plain(
        "endpoint-ports",
        "A-B | 0+N",
        Some("20000-23999"),
        "Ports of extracted endpoints; 0+N means N free ones of the system's choice; follows --proxy-listen to port 0",
    ),
    plain(
        "proxy-host",
        "NAME",
        None,
        "Name or address that customers dial, as extraction tells it; unset: the one they call the API under",
    ),
    plain(
        "static-rest-hours",
        "HOURS",
        Some("72"),
        "How long a static address rests after its holder; until then he may renew it",
    ),
    plain(
        "udp-address",
        "ADDRESS",
        None,
        "The address that customers are told for SOCKS5 UDP, behind NAT; unset: the one that they reached",
    ),
    plain(
        "address-url",
        "URL",
        None,
        "A page over http:// that answers with the caller's address: asked daily through each exit, whose public address is looked up in place-databases",
    ),
    plain(
        "place-databases",
        "FILE,…",
        None,
        "MMDB files that tell where addresses are (place, ASN); each exit is looked up in them. Read again when a file changes, and on SIGHUP",
    ),
    plain(
        "withhold-misplaced",
        "WORD",
        Some("never"),
        "Exits that are elsewhere than they claim are not sold: never, or from a difference in country, state or any (city, ASN) on",
    ),
    plain(
        "allow-private-destinations",
        "",
        Some("false"),
        "Let customers reach private addresses (laboratories)",
    ),
    plain("api-tls-cert", "FILE", None, "Certificate chain (PEM) of the API; read again on SIGHUP"),
    plain("api-tls-key", "FILE", None, "Private key (PEM) of the API"),
    plain("proxy-tls-cert", "FILE", None, "Certificate chain (PEM) of the proxy entry; read again on SIGHUP"),
    plain("proxy-tls-key", "FILE", None, "Private key (PEM) of the proxy entry"),
    plain("proxy-protocol", "", Some("false"), "Read the PROXY protocol on the proxy entry"),
    plain(
        "proxy-protocol-from",
        "ADDRESS,…",
        None,
        "Addresses of the load balancers whose PROXY protocol counts",
    ),
    plain(
        "trusted-proxies",
        "BLOCK,…",
        None,
        "Load balancers before the API, addresses or blocks (10.0.0.0/8): only their Forwarded and X-Forwarded-For count",
    ),
    plain(
        "test-url",
        "URL",
        Some("http://example.com/"),
        "Where the console's live test of a proxy username goes, and its samples of code, an http:// address; one that answers {\"ip\": …} shows the exit's address, too; the demo takes its echo origin",
    ),
    plain(
        "public-url",
        "URL",
        None,
        "Where people reach the console, for links in mails; unset: the site's host name, or the API's address",
    ),
    secret(
        "smtp-url",
        "URL",
        "Mail server: smtp://user:password@host:587?tls=required, or smtps://…; unset: mails wait",
    ),
    plain("smtp-from", "ADDRESS", None, "Mails come from this address"),
    plain("webhook-url", "URL", None, "Signed events go here: codes by telephone, warnings"),
    secret("webhook-secret", "SECRET", "Signs those events (HMAC-SHA256)"),
    secret("operator-token", "TOKEN", "Opens the operator API; without it the operator API is closed"),
    secret("metrics-token", "TOKEN", "Opens /metrics; without it /metrics is closed"),
    plain(
        "gateway-name",
        "NAME",
        Some("gateway-1"),
        "The stable name under which this gateway reports usage",
    ),
    plain("drain-seconds", "SECONDS", Some("30"), "How long running connections may go on after SIGTERM"),
    secret(
        "stripe-secret-key",
        "KEY",
        "Stripe's secret key (sk_…); with the webhook's secret, cards can be charged",
    ),
    secret("stripe-webhook-secret", "SECRET", "Signs Stripe's notices (whsec_…) to /notices/stripe"),
    plain(
        "stripe-api",
        "URL",
        Some("https://api.stripe.com"),
        "Where Stripe's API is; another one for tests",
    ),
    plain("log-level", "LEVEL", Some("info"), "error, warn, info, debug or trace"),
    plain("log-format", "FORMAT", Some("text"), "text or json"),
];
