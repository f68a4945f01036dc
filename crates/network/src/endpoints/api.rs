//! The endpoint of extraction (contract section 6).

use super::flow::{NoLease, Wish};
use super::{error, flow, rules};
use crate::{State, entries, place};
use serde::Serialize;
use turnpike_base::{Code, Fault, ProductType, Result};
use turnpike_web::{Answer, Call, Plain, field, params};
use utoipa::ToSchema;

/// Types that may pay.
const TYPES: &[i64] = &[9, 11, 12, 13, 15, 16, 17, 21];
const FORMATS: &[&str] = &["json", "text", "txt"];
/// The prefix of the console, whose list is flat.
const CONSOLE: &str = "/web_v1";

params! {
    /// What `ip/v3` takes.
    pub struct Extract {
        num: i64 = field::or(field::int(1, 1_000, ""), 1), "提取数量", "How many endpoints";
        cc: Option<String> = field::optional(field::text(1, 128)), "国家或地区代码", "Country, ISO 3166-1 alpha-2 or name";
        state: Option<String> = field::optional(field::text(1, 128)), "州/省名称或 ISO 3166-2 代码，需同时指定 cc", "State, by name or ISO 3166-2 code; needs cc";
        city: Option<String> = field::optional(field::text(1, 128)), "城市，需同时指定 cc", "City; needs cc";
        life: i64 = field::or(field::int(1, 1_440, "min"), 10), "有效期（分钟）", "How long they live, in minutes";
        ep: Option<String> = field::optional(field::text(1, 64)), "代理入口", "Name of the entry; the common one if not sent";
        format: &'static str = field::or(field::choice(FORMATS), "json"), "返回格式", "Form of the answer; txt means text";
        lb: String = field::verbatim(16, "\\r\\n"), "分隔符，仅用于文本格式，支持 \\r \\n \\t", "Separator in a text, with the escapes \\r \\n \\t";
        pt: Option<ProductType> = field::optional(field::product(TYPES)), "使用的套餐类型；默认 9，IP 绑定套餐 11 时为 11", "Type of the package that pays; 9, or 11 where your address is bound to one, if not sent";
    }
}

/// Endpoints.
#[derive(Serialize, ToSchema)]
pub(super) struct Extracted {
    list: Endpoints,
}

/// One list within the list; under the console's prefix just the list.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub(super) enum Endpoints {
    /// `[["host:port", …]]`.
    Nested([Vec<String>; 1]),
    /// `["host:port", …]`.
    Flat(Vec<String>),
}

pub(super) async fn extract(state: State, call: Call, input: Extract) -> Result<Answer<Extracted>> {
    if call.site.demands_verification && !call.verified {
        return Err(Fault::new(Code::NotVerified, "not_verified"));
    }
    let host = host(&state, &call, input.ep.as_deref()).await?;
    let wish = wish(&call, &input)?;
    let leased = flow::lease(&state, &wish, rand::random(), call.now).await;
    let ports = leased.map_err(|no| match no {
        NoLease::Fault(fault) => fault,
        NoLease::Ports(free, next) => error::no_port(free, next.map(|at| call.site.show(at)).as_deref()),
    })?;
    let list = ports.into_iter().map(|port| format!("{host}:{port}")).collect();
    Ok(answer(list, &input, &call))
}

/// What stands before `:port`.
async fn host(state: &State, call: &Call, ep: Option<&str>) -> Result<String> {
    let named = match ep {
        Some(name) => Some(entries::host(&state.store.read().await?, call.site.id, name).await?),
        None => None,
    };
    Ok(state.entry().host_of(named.as_deref(), &call.base_url))
}

fn wish(call: &Call, input: &Extract) -> Result<Wish> {
    let (state, city) = (input.state.as_deref(), input.city.as_deref());
    let place = place::filter(&call.site.places, input.cc.as_deref(), state, city, None)
        .map_err(|unknown| unknown.fault(["cc", "state", "city"]))?;
    Ok(Wish {
        customer: call.customer,
        client: call.client,
        product: input.pt,
        count: usize::try_from(input.num).unwrap_or(1),
        place,
        life: input.life,
    })
}

fn answer(list: Vec<String>, input: &Extract, call: &Call) -> Answer<Extracted> {
    if input.format != "json" {
        let text = list.join(&rules::unescaped(&input.lb));
        return Answer::Plain(Plain { kind: "text/plain; charset=utf-8", text });
    }
    let flat = call.prefix == CONSOLE;
    let list = if flat { Endpoints::Flat(list) } else { Endpoints::Nested([list]) };
    Answer::Data(Extracted { list })
}
