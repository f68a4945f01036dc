//! What is said when everything answers: addresses, and commands to paste: for the demo, and where a site or an operator
//! is still to be made.

use super::parts::Parts;
use crate::data_dir::{DataDir, write_private};
use crate::demo::Demo;
use crate::terminal::{Look, Terminal, print};
use anyhow::Result;
use serde_json::json;
use turnpike_identity::{operators, sites};
use turnpike_store::Store;

/// The demo's secrets and addresses, for scripts.
const DEMO_FILE: &str = "demo.json";

pub(super) fn tell(parts: &Parts, dir: &DataDir, demo: Option<&Demo>, lacks: Lacks) -> Result<()> {
    let scheme = if parts.api_is_tls { "https" } else { "http" };
    let api = format!("{scheme}://{}", parts.api);
    let terminal = Terminal::detect();
    if let Some(demo) = demo {
        let echo = format!("http://{}/", parts.echo.unwrap_or(parts.api));
        write_demo(dir, demo, &api, &echo, parts)?;
        for line in commands(demo, &api, &echo, &parts.proxy.to_string(), dir) {
            print(line)?;
        }
    }
    terminal.note(format_args!("{} API {api}, proxy {}", terminal.paint(Look::Good, "ready"), parts.proxy));
    if !lacks.is_empty() {
        terminal.note(first_steps(lacks, &api, dir));
    }
    Ok(())
}

/// What a fresh installation has none of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lacks {
    /// A brand: without one there is no console for customers and no API.
    site: bool,
    /// A person who may enter the control room.
    operator: bool,
}

impl Lacks {
    pub(super) async fn look(store: &Store) -> turnpike_base::Result<Self> {
        let tx = store.read().await?;
        let (site, operator) = (sites::all(&tx).await?.is_empty(), operators::list(&tx).await?.is_empty());
        Ok(Self { site, operator })
    }

    const fn is_empty(self) -> bool {
        !self.site && !self.operator
    }
}

/// What to do next, as commands to paste: the first operator is made beside this process, the rest in the control room.
fn first_steps(lacks: Lacks, api: &str, dir: &DataDir) -> String {
    let dir = dir.path().display();
    let missing = match (lacks.site, lacks.operator) {
        (true, true) => "no site (a brand with its customers) and no operator",
        (true, false) => "no site (a brand with its customers)",
        _ => "no operator",
    };
    let mut lines = vec![format!("this installation has {missing} yet; next:")];
    if lacks.operator {
        lines.push("  run beside this, with the same --database-url or --config if it has one,".to_owned());
        lines.push(format!(
            "    turnpike admin operator create --email you@example.com --role owner --data-dir {dir}"
        ));
    }
    let site = if lacks.site { " and make a site under Sites & brands" } else { "" };
    lines.push(format!("  log in at {api}/control{site}"));
    lines.join("\n")
}

fn write_demo(dir: &DataDir, demo: &Demo, api: &str, echo: &str, parts: &Parts) -> Result<()> {
    let told = json!({
        "api": api, "prefix": "/gateway", "app_key": demo.app_key.expose(), "echo": echo,
        "proxy": parts.proxy.to_string(),
        "account": {"username": demo.username, "password": demo.account_password.expose(), "product_type": 9},
        "customer": {"email": demo.email, "password": demo.customer_password.expose()},
        "operator": {"email": demo.operator_email, "password": demo.operator_password.expose(),
            "token": demo.operator_token.expose()},
        "console": format!("{api}/"),
    });
    write_private(&dir.path().join(DEMO_FILE), &format!("{}\n", serde_json::to_string_pretty(&told)?))
}

fn commands(demo: &Demo, api: &str, echo: &str, proxy: &str, dir: &DataDir) -> Vec<String> {
    let (user, password, key) = (&demo.username, demo.account_password.expose(), demo.app_key.expose());
    vec![
        "Try it:".to_owned(),
        String::new(),
        "  # plain HTTP, a CONNECT tunnel and SOCKS5; the origin sees the exit's address".to_owned(),
        format!("  curl -x http://{proxy} -U {user}:{password} {echo}"),
        format!("  curl -p -x http://{proxy} -U {user}:{password} {echo}"),
        format!("  curl --socks5-hostname {proxy} -U {user}:{password} {echo}"),
        "  # a place, a session that sticks, and the allowlisted address without a password".to_owned(),
        format!("  curl -x http://{proxy} -U {user}_area-US_city-LosAngeles_session-a1:{password} {echo}"),
        format!("  curl -x http://{proxy} {echo}"),
        "  # what moved, and what is left".to_owned(),
        format!("  curl -H 'Authorization: Bearer {key}' '{api}/gateway/user-usage-flow/total?language=en'"),
        format!("  curl -H 'Authorization: Bearer {key}' '{api}/gateway/user-product/summary?language=en'"),
        String::new(),
        format!("  everything a script needs: {}", dir.path().join(DEMO_FILE).display()),
    ]
}
