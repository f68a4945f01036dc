//! From what was said to [`Settings`]: every value is read, then what must hold between them.

use super::fault::{SettingFault, SettingFaults};
use super::source::{AllSaid, File, Origin, Said, gather};
use super::value::{self, EndpointPorts};
use super::{EventHook, MailServer, Settings, TlsFiles};
use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use turnpike_base::Secret;
use turnpike_commerce::payments::stripe;
use turnpike_fetch::Address;

/// Free ports for endpoints where the proxy entry's port is free too.
const IMPLIED_PORTS: u16 = 2_000;

/// Settings with what was said for each.
#[derive(Debug)]
pub struct Resolved {
    /// The settings.
    pub settings: Settings,
    /// What was said, for `turnpike config`.
    pub(super) said: AllSaid,
}

/// Resolves the settings; all faults come back together. Pure: the environment and the file's text are
/// arguments.
pub fn resolve(
    flags: &BTreeMap<&'static str, String>,
    variable: &dyn Fn(&str) -> Option<String>,
    file: Option<File<'_>>,
) -> Result<Resolved, SettingFaults> {
    let mut faults = Vec::new();
    let said = gather(flags, variable, file, &mut faults);
    let mut reader = Reader { said: &said, faults };
    let settings = reader.settings();
    let faults = reader.faults;
    match settings {
        Some(settings) if faults.is_empty() => Ok(Resolved { settings, said }),
        _ => Err(SettingFaults(faults)),
    }
}

struct Reader<'a> {
    said: &'a AllSaid,
    faults: Vec<SettingFault>,
}

impl Reader<'_> {
    fn settings(&mut self) -> Option<Settings> {
        let data_dir = self.read("data-dir", path);
        let database_url = self.checked("database-url", value::database_url);
        let api_listen = self.read("api-listen", value::address);
        let proxy_listen = self.read("proxy-listen", value::address);
        let echo_listen = self.read("echo-listen", value::address);
        let endpoint_ports = self.read("endpoint-ports", value::endpoint_ports);
        let proxy_host = self.read("proxy-host", value::host);
        let static_rest_hours = self.read("static-rest-hours", value::hours);
        let address_page = self.read("address-url", value::address_page);
        let udp_address = self.read("udp-address", value::ip);
        let place_databases = self.read("place-databases", value::files).unwrap_or_default();
        let withhold_misplaced = self.read("withhold-misplaced", value::policy);
        let allow_private = self.read("allow-private-destinations", value::switch);
        let api_tls = self.tls("api-tls-cert", "api-tls-key");
        let proxy_tls = self.tls("proxy-tls-cert", "proxy-tls-key");
        let proxy_protocol = self.proxy_protocol();
        let trusted_proxies = self.read("trusted-proxies", value::blocks).unwrap_or_default();
        let test_url = self.read("test-url", value::plain_url);
        let public_url = self.read("public-url", value::web_url);
        let smtp = self.smtp();
        let webhook = self.webhook();
        let operator_token = self.checked("operator-token", value::token);
        let metrics_token = self.checked("metrics-token", value::token);
        let gateway_name = self.read("gateway-name", |t| value::gateway_name(t).map(|()| t.to_owned()));
        let drain_seconds = self.read("drain-seconds", value::seconds);
        let stripe = self.stripe();
        let log_level = self.read("log-level", value::log_level);
        let log_format = self.read("log-format", value::log_format);
        let settings = Settings {
            data_dir: data_dir?,
            database_url,
            api_listen: api_listen?,
            proxy_listen: proxy_listen?,
            echo_listen: self.echo(echo_listen?, api_listen?),
            endpoint_ports: self.endpoint_ports(endpoint_ports?, proxy_listen?),
            proxy_host,
            static_rest_hours: static_rest_hours?,
            address_page,
            udp_address,
            place_databases,
            withhold_misplaced: withhold_misplaced?,
            allow_private_destinations: allow_private?,
            api_tls,
            proxy_tls,
            proxy_protocol,
            trusted_proxies,
            test_url: test_url?,
            public_url,
            smtp,
            webhook,
            operator_token,
            metrics_token,
            gateway_name: gateway_name?,
            drain_seconds: drain_seconds?,
            stripe,
            log_level: log_level?,
            log_format: log_format?,
        };
        self.ports_apart(&settings);
        Some(settings)
    }

    fn read<T>(&mut self, name: &'static str, parse: impl Fn(&str) -> Result<T, String>) -> Option<T> {
        let said = self.said.get(name)?;
        parse(&said.text).map_err(|problem| self.fault(name, said, problem)).ok()
    }

    fn checked(&mut self, name: &'static str, check: fn(&str) -> Result<(), String>) -> Option<Secret> {
        self.read(name, |text| check(text).map(|()| Secret::new(text)))
    }

    fn fault(&mut self, name: &'static str, said: &Said, problem: impl Into<String>) {
        self.faults.push(SettingFault::new(said.origin.clone(), Some(name), problem));
    }

    fn stripe(&mut self) -> Option<stripe::Settings> {
        const NAMES: [&str; 2] = ["stripe-secret-key", "stripe-webhook-secret"];
        let api = self.read("stripe-api", |text| Address::parse(text).map_err(|error| error.to_string()))?;
        let [key, secret] = NAMES.map(|name| self.checked(name, value::token));
        if let ([Some(said), None] | [None, Some(said)], [name, other]) =
            (NAMES.map(|name| self.said.get(name)), NAMES)
        {
            self.fault(name, said, format!("{name} and {other} are needed together"));
        }
        Some(stripe::Settings { api, secret_key: key?, webhook_secret: secret? })
    }

    fn tls(&mut self, cert: &'static str, key: &'static str) -> Option<TlsFiles> {
        match (self.said.get(cert), self.said.get(key)) {
            (None, None) => None,
            (Some(c), Some(k)) => Some(TlsFiles { cert: c.text.clone().into(), key: k.text.clone().into() }),
            (Some(said), None) => {
                self.fault(cert, said, format!("{cert} needs {key} beside it"));
                None
            }
            (None, Some(said)) => {
                self.fault(key, said, format!("{key} needs {cert} beside it"));
                None
            }
        }
    }

    fn smtp(&mut self) -> Option<MailServer> {
        let url = self.checked("smtp-url", value::smtp_url);
        let from = self.read("smtp-from", value::mail_address);
        self.both("smtp-url", "smtp-from");
        Some(MailServer { url: url?, from: from? })
    }

    fn webhook(&mut self) -> Option<EventHook> {
        let url = self.read("webhook-url", value::web_url);
        let secret = self.checked("webhook-secret", value::token);
        self.both("webhook-url", "webhook-secret");
        Some(EventHook { url: url?, secret: secret? })
    }

    /// Two settings that mean nothing without each other.
    fn both(&mut self, one: &'static str, other: &'static str) {
        for (here, missing) in [(one, other), (other, one)] {
            if let (Some(said), None) = (self.said.get(here), self.said.get(missing)) {
                self.fault(here, said, format!("{here} needs {missing} beside it"));
            }
        }
    }

    fn proxy_protocol(&mut self) -> Option<Vec<IpAddr>> {
        let on = self.read("proxy-protocol", value::switch)?;
        let from = self.read("proxy-protocol-from", value::addresses).unwrap_or_default();
        if on && from.is_empty() && !self.faults.iter().any(|f| f.name == Some("proxy-protocol-from")) {
            let said = self.said.get("proxy-protocol")?;
            self.fault("proxy-protocol", said, "proxy-protocol needs proxy-protocol-from: whom to believe");
        }
        on.then_some(from)
    }

    /// Port 0 for the API implies port 0 for the echo origin, unless its address was said.
    fn echo(&self, echo: SocketAddr, api: SocketAddr) -> SocketAddr {
        let by_default = self.said.get("echo-listen").is_some_and(|said| said.origin == Origin::Default);
        if by_default && api.port() == 0 { SocketAddr::new(echo.ip(), 0) } else { echo }
    }

    /// Port 0 for the proxy entry implies free ports for endpoints, unless they were said: several may run
    /// beside each other.
    fn endpoint_ports(&self, ports: EndpointPorts, proxy: SocketAddr) -> EndpointPorts {
        let by_default = self.said.get("endpoint-ports").is_some_and(|said| said.origin == Origin::Default);
        match ports {
            _ if by_default && proxy.port() == 0 => EndpointPorts::Free(IMPLIED_PORTS),
            EndpointPorts::Range(range) if by_default => EndpointPorts::Usual(range),
            said => said,
        }
    }

    fn ports_apart(&mut self, settings: &Settings) {
        if settings.api_listen == settings.proxy_listen
            && settings.api_listen.port() != 0
            && let Some(said) = self.said.get("proxy-listen")
        {
            self.fault("proxy-listen", said, "the API listens on the same address and port");
        }
        let (EndpointPorts::Range(range) | EndpointPorts::Usual(range)) = &settings.endpoint_ports else {
            return;
        };
        let taken =
            [("api-listen", settings.api_listen.port()), ("proxy-listen", settings.proxy_listen.port())];
        for (name, port) in taken {
            if range.contains(&port)
                && let Some(said) = self.said.get("endpoint-ports")
            {
                self.fault("endpoint-ports", said, format!("the range holds port {port} of {name}"));
            }
        }
    }
}

fn path(text: &str) -> Result<PathBuf, String> {
    if text.is_empty() { Err("the path is empty".into()) } else { Ok(text.into()) }
}
