//! The pages themselves: an overview with the guide, and one page for each path.

use super::Book;
use super::rows::{self, Row};
use crate::openapi::SERVER;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;
use turnpike_base::{Code, Lang, Text};

/// Who reads: in which language, at which address, whose brand.
#[derive(Clone, Debug)]
pub(crate) struct Reader {
    pub(crate) lang: Lang,
    /// `https://HOST`, as the reader came.
    pub(crate) base: String,
    /// Name of the brand.
    pub(crate) brand: String,
    /// Prefix of its API.
    pub(crate) prefix: String,
}

/// Everything that pages are made from.
pub(crate) struct Pages {
    document: Value,
    book: Book,
}

/// One operation with where it is.
struct Place<'d> {
    method: String,
    /// Below the prefix.
    path: &'d str,
    console: bool,
    operation: &'d Value,
}

const WORDS: Words = Words {
    title: Text::new("API 文档", "API reference"),
    overview: Text::new("总览", "Overview"),
    home: Text::new("控制台", "Console"),
    other: Text::new("English", "中文"),
    endpoints: Text::new("接口", "Endpoints"),
    parameters: Text::new("请求参数", "Parameters"),
    none: Text::new("无", "None"),
    once: Text::new(
        "支持请求头 Idempotency-Key：24 小时内重复同一请求只执行一次",
        "Takes the header Idempotency-Key: the same request within 24 hours is done once",
    ),
    answer: Text::new("返回数据（data）", "Answer (data)"),
    no_data: Text::new("成功时 data 为 null", "data is null on success"),
    codes: Text::new("状态码", "Codes"),
    example: Text::new("示例", "Example"),
    answered: Text::new("实际返回（较长的列表已截短）", "Really answered (long lists are shortened)"),
    also: Text::new("也可用：", "Also at:"),
    scope: Text::new("密钥权限：", "Scope of keys:"),
    login: Text::new("需要控制台登录，不接受 app_key", "Needs a login of the console, not an app_key"),
    open: Text::new("无需认证", "Open to anybody"),
    file: Text::new("OpenAPI 文件（可导入 Postman）", "OpenAPI file (Postman imports it)"),
    name: Text::new("名称", "Name"),
    kind: Text::new("类型", "Type"),
    bounds: Text::new("范围与单位", "Bounds and unit"),
    meaning: Text::new("说明", "Meaning"),
    required: Text::new("必填", "required"),
    key: Text::new("您的密钥", "YOUR_APP_KEY"),
};

struct Words {
    title: Text,
    overview: Text,
    home: Text,
    other: Text,
    endpoints: Text,
    parameters: Text,
    none: Text,
    once: Text,
    answer: Text,
    no_data: Text,
    codes: Text,
    example: Text,
    answered: Text,
    also: Text,
    scope: Text,
    login: Text,
    open: Text,
    file: Text,
    name: Text,
    kind: Text,
    bounds: Text,
    meaning: Text,
    required: Text,
    key: Text,
}

impl Pages {
    pub(crate) fn new(document: Value, book: Book) -> Self {
        Self { document, book }
    }

    /// The page at a path below `/docs`; empty: the overview.
    pub(crate) fn page(&self, path: &str, reader: &Reader) -> Option<String> {
        let places = self.places();
        let main = if path.is_empty() {
            self.overview(&places, reader)
        } else {
            let here: Vec<&Place<'_>> = places.iter().filter(|place| place.path == path).collect();
            if here.is_empty() {
                return None;
            }
            html! { @for place in here { (self.endpoint(place, reader)) } }
        };
        Some(self.framed(path, &places, &main, reader).into_string().replace(SERVER, &reader.base))
    }

    fn places(&self) -> Vec<Place<'_>> {
        let paths = self.document["paths"].as_object().into_iter().flatten();
        paths
            .flat_map(|(path, methods)| {
                let (prefix, rest) = path[1..].split_once('/').unwrap_or_default();
                methods.as_object().into_iter().flatten().map(move |(method, operation)| Place {
                    method: method.to_ascii_uppercase(),
                    path: rest,
                    console: format!("/{prefix}") == crate::console::PREFIX,
                    operation,
                })
            })
            .collect()
    }

    fn groups<'p, 'd>(&self, places: &'p [Place<'d>]) -> Vec<(Text, Vec<&'p Place<'d>>)> {
        let tags = self.document["tags"].as_array().into_iter().flatten();
        tags.map(|tag| {
            let name = tag["name"].as_str().unwrap_or_default();
            let members = places.iter().filter(|place| place.operation["tags"][0] == name).collect();
            (self.book.group(name), members)
        })
        .collect()
    }

    fn framed(&self, path: &str, places: &[Place<'_>], main: &Markup, reader: &Reader) -> Markup {
        let lang = reader.lang;
        let (tag, other) = match lang {
            Lang::Zh => ("zh-CN", "en"),
            Lang::En => ("en", "zh"),
        };
        let link = |to: &str| format!("/docs/{to}?language={}", lang.tag());
        html! {
            (DOCTYPE)
            html lang=(tag) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    title { @if path.is_empty() {} @else { (path) " · " } (reader.brand) " · " (WORDS.title.get(lang)) }
                    link rel="stylesheet" href="/docs/style.css";
                }
                body {
                    header {
                        a.brand href=(link("")) { (reader.brand) " · " (WORDS.title.get(lang)) }
                        span.links {
                            a href="/" { (WORDS.home.get(lang)) }
                            a href="/openapi.json" { (WORDS.file.get(lang)) }
                            a hreflang=(other) lang=(other) href={ "/docs/" (path) "?language=" (other) } { (WORDS.other.get(lang)) }
                        }
                    }
                    div.columns {
                        nav aria-label=(WORDS.endpoints.get(lang)) {
                            a href=(link("")) aria-current=[path.is_empty().then_some("page")] { (WORDS.overview.get(lang)) }
                            @for (title, members) in self.groups(places) {
                                h2 { (title.get(lang)) }
                                ul { @for place in members {
                                    li { a href=(link(place.path)) title=(summary(place, lang))
                                        aria-current=[(place.path == path).then_some("page")] { (place.path) } }
                                } }
                            }
                        }
                        main { (main) }
                    }
                }
            }
        }
    }

    fn overview(&self, places: &[Place<'_>], reader: &Reader) -> Markup {
        let lang = reader.lang;
        html! {
            h1 { (WORDS.title.get(lang)) }
            (PreEscaped(self.book.guide(lang).replace("{PREFIX}", &reader.prefix)))
            h2 #codes { (WORDS.codes.get(lang)) }
            (codes(Code::ALL, lang))
            h2 #endpoints { (WORDS.endpoints.get(lang)) }
            @for (title, members) in self.groups(places) {
                h3 { (title.get(lang)) }
                table { tbody { @for place in members {
                    tr {
                        td { span.method { (place.method) } }
                        td { a href={ "/docs/" (place.path) "?language=" (lang.tag()) } { code { (place.path) } } }
                        td { (summary(place, lang)) }
                    }
                } } }
            }
        }
    }

    fn endpoint(&self, place: &Place<'_>, reader: &Reader) -> Markup {
        let (lang, operation) = (reader.lang, place.operation);
        let prefix = if place.console { crate::console::PREFIX } else { &reader.prefix };
        let parameters = rows::parameters(operation, lang);
        let fields = rows::answer(&self.document, operation, lang);
        let numbers: Vec<i64> =
            operation["x-codes"].as_array().into_iter().flatten().filter_map(Value::as_i64).collect();
        let known: Vec<Code> = Code::ALL
            .iter()
            .copied()
            .filter(|c| numbers.is_empty() || numbers.contains(&c.number()))
            .collect();
        html! {
            h1 { (summary(place, lang)) }
            p.path { span.method { (place.method) } " " code { (prefix) "/" (place.path) } }
            @if let Some(aliases) = operation["x-aliases"].as_array() {
                p { (WORDS.also.get(lang)) " " @for alias in aliases { code { (alias.as_str().unwrap_or_default()) } " " } }
            }
            @if let Some(scope) = operation["x-scope"].as_str() {
                p { (WORDS.scope.get(lang)) " " code { (scope) } }
            } @else if operation["security"].as_array().is_some_and(Vec::is_empty) {
                p { (WORDS.open.get(lang)) }
            } @else {
                p { (WORDS.login.get(lang)) }
            }
            h2 { (WORDS.parameters.get(lang)) }
            @if parameters.is_empty() { p { (WORDS.none.get(lang)) } } @else { (table(&parameters, true, lang)) }
            @if operation.get("requestBody").is_some() && operation.get("parameters").is_some() { p { (WORDS.once.get(lang)) } }
            h2 { (WORDS.answer.get(lang)) }
            @if fields.is_empty() { p { (WORDS.no_data.get(lang)) } } @else { (table(&fields, false, lang)) }
            h2 { (WORDS.codes.get(lang)) }
            (codes(&known, lang))
            @if let Some(answered) = operation.pointer("/responses/200/content/application~1json/example") {
                h2 { (WORDS.example.get(lang)) }
                pre { code { (command(place, prefix, lang)) } }
                p { (WORDS.answered.get(lang)) }
                pre { code { (serde_json::to_string_pretty(&told(answered, lang)).unwrap_or_default()) } }
            }
        }
    }
}

/// An answer as its reader would get it: examples are kept in English, and the sentence of a code is told in each language.
fn told(answered: &Value, lang: Lang) -> Value {
    let mut answered = answered.clone();
    let code = Code::ALL.iter().map(|code| code.text()).find(|text| answered["msg"] == text.en.as_ref());
    if let (Some(text), Some(fields)) = (code, answered.as_object_mut()) {
        for key in ["msg", "message"] {
            fields.insert(key.into(), text.get(lang).into());
        }
    }
    answered
}

fn summary(place: &Place<'_>, lang: Lang) -> String {
    let key = if lang == Lang::Zh { "x-summary-zh" } else { "summary" };
    place.operation[key].as_str().unwrap_or_default().to_owned()
}

fn table(rows: &[Row], of_request: bool, lang: Lang) -> Markup {
    html! {
        div.wide { table {
            thead { tr {
                th scope="col" { (WORDS.name.get(lang)) } th scope="col" { (WORDS.kind.get(lang)) }
                @if of_request { th scope="col" { (WORDS.bounds.get(lang)) } }
                th scope="col" { (WORDS.meaning.get(lang)) }
            } }
            tbody { @for row in rows {
                tr {
                    td class={ "d" (row.depth) } { code { (row.name) } @if of_request && row.required { " " strong { (WORDS.required.get(lang)) } } }
                    td { (row.kind) }
                    @if of_request { td { (row.bounds) } }
                    td { (row.text) }
                }
            } }
        } }
    }
}

fn codes(codes: &[Code], lang: Lang) -> Markup {
    html! {
        table { tbody { @for code in codes {
            tr { td { code { (code.number()) } } td { (code.text().get(lang)) } }
        } } }
    }
}

/// The example as a command to paste.
fn command(place: &Place<'_>, prefix: &str, lang: Lang) -> String {
    let key = WORDS.key.get(lang).to_owned();
    let url = format!("{SERVER}{prefix}/{}", place.path);
    let is_open = place.operation["security"].as_array().is_some_and(Vec::is_empty);
    let who = if is_open { String::new() } else { format!(" \\\n  -H 'Authorization: Bearer {key}'") };
    if place.method == "GET" {
        let sent = place.operation["parameters"].as_array().into_iter().flatten().filter_map(|p| {
            let value = p.get("example")?;
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            Some(format!(" \\\n  -d {}={}", p["name"].as_str()?, quoted(&value)))
        });
        return format!("curl -G '{url}'{who}{}", sent.collect::<String>());
    }
    let body = place.operation.pointer("/requestBody/content/application~1json/example");
    let body = body.map_or_else(|| "{}".to_owned(), Value::to_string);
    format!("curl '{url}'{who} \\\n  -H 'Content-Type: application/json' \\\n  -d {}", quoted(&body))
}

/// A word for a shell.
fn quoted(text: &str) -> String {
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.:/".contains(&b));
    if plain { text.to_owned() } else { format!("'{}'", text.replace('\'', r"'\''")) }
}
