//! Endpoints as values.

use crate::answer::{Output, Reply};
use crate::params::{Input, ParamDoc, Reader, Values};
use crate::{Access, BoxFuture, Call, Visit};
use http::Method;
use std::any::TypeId;
use std::future::Future;
use std::sync::Arc;
use turnpike_base::{Code, Fault, Text};
use utoipa::openapi::{RefOr, Schema};

/// What every endpoint may answer.
const ALWAYS: &[Code] = &[
    Code::Ok,
    Code::BadKey,
    Code::Parameter,
    Code::Forbidden,
    Code::TooMany,
    Code::Internal,
    Code::Unavailable,
];

type Outcome = BoxFuture<'static, Result<Reply, Fault>>;

type Answering<C> = Arc<dyn Fn(C, &Values) -> Outcome + Send + Sync>;

/// What answers: a function for customers, or one for anybody.
#[derive(Clone)]
pub(crate) enum Handler {
    Customer(Answering<Call>),
    Visitor(Answering<Visit>),
}

/// One endpoint.
#[derive(Clone)]
pub struct Endpoint {
    /// GET or POST.
    pub method: Method,
    /// Below the prefix, without a leading slash.
    pub path: &'static str,
    /// Other paths it answers under.
    pub aliases: &'static [&'static str],
    /// Its group in the reference, and the feature that scopes of keys name.
    pub tag: &'static str,
    /// What it does.
    pub summary: Text,
    /// What a key has to be allowed.
    pub access: Access,
    /// Codes it may answer beside those of every endpoint; `None`: any.
    pub codes: Option<&'static [Code]>,
    /// The media type of its texts.
    pub(crate) plain: &'static str,
    pub(crate) params: Vec<ParamDoc>,
    pub(crate) output: RefOr<Schema>,
    pub(crate) may_be_plain: bool,
    pub(crate) schemas: Vec<(String, RefOr<Schema>)>,
    pub(crate) handler: Handler,
    /// Only under the console's prefix.
    pub(crate) console_only: bool,
    /// Its success has no data: what it answers is known before it is done.
    pub(crate) silent: bool,
    /// Doing it again does nothing twice.
    pub(crate) idempotent: bool,
}

impl Endpoint {
    /// An endpoint that reads.
    pub fn get<I, O, F, Fut>(
        path: &'static str,
        tag: &'static str,
        zh: &'static str,
        en: &'static str,
        handler: F,
    ) -> Self
    where
        I: Input,
        O: Output + 'static,
        F: Fn(Call, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Fault>> + Send + 'static,
    {
        Self::new(Method::GET, path, tag, Text::new(zh, en), handler)
    }

    /// An endpoint that writes.
    pub fn post<I, O, F, Fut>(
        path: &'static str,
        tag: &'static str,
        zh: &'static str,
        en: &'static str,
        handler: F,
    ) -> Self
    where
        I: Input,
        O: Output + 'static,
        F: Fn(Call, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Fault>> + Send + 'static,
    {
        Self::new(Method::POST, path, tag, Text::new(zh, en), handler)
    }

    /// An endpoint of the console that answers anybody, without a login.
    pub fn open<I, O, F, Fut>(
        method: Method,
        path: &'static str,
        tag: &'static str,
        (zh, en): (&'static str, &'static str),
        handler: F,
    ) -> Self
    where
        I: Input,
        O: Output + 'static,
        F: Fn(Visit, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Fault>> + Send + 'static,
    {
        let handler = Handler::Visitor(Arc::new(answering(handler)));
        Self::of::<I, O>(method, path, tag, Text::new(zh, en), handler).console()
    }

    fn new<I, O, F, Fut>(
        method: Method,
        path: &'static str,
        tag: &'static str,
        summary: Text,
        handler: F,
    ) -> Self
    where
        I: Input,
        O: Output + 'static,
        F: Fn(Call, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Fault>> + Send + 'static,
    {
        Self::of::<I, O>(method, path, tag, summary, Handler::Customer(Arc::new(answering(handler))))
    }

    fn of<I: Input, O: Output + 'static>(
        method: Method,
        path: &'static str,
        tag: &'static str,
        summary: Text,
        handler: Handler,
    ) -> Self {
        let mut schemas = Vec::new();
        O::data_schemas(&mut schemas);
        Self {
            access: if method == Method::GET { Access::Read } else { Access::Write },
            codes: None,
            plain: "text/plain",
            method,
            path,
            aliases: &[],
            tag,
            summary,
            params: I::docs(),
            output: O::data_schema(),
            may_be_plain: O::MAY_BE_PLAIN,
            schemas,
            handler,
            console_only: false,
            silent: TypeId::of::<O>() == TypeId::of::<()>(),
            idempotent: false,
        }
    }

    /// Idempotent by itself (RFC 9110 section 9.2.2): a request whose answer got lost is simply run again.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.idempotent = true;
        self
    }

    /// Only in the console: with a login, not with an app_key.
    #[must_use]
    pub fn console(mut self) -> Self {
        self.console_only = true;
        self
    }

    /// Whether it is open in the console alone.
    pub const fn is_console(&self) -> bool {
        self.console_only
    }

    /// Answers a customer.
    pub(crate) fn run(&self, call: Call, values: &Values) -> Outcome {
        match &self.handler {
            Handler::Customer(handler) => handler(call, values),
            Handler::Visitor(_) => {
                Box::pin(std::future::ready(Err(Fault::new(Code::NotFound, "route_unknown"))))
            }
        }
    }

    /// Every code it may answer, ascending; `None` where that was never said.
    pub fn answers(&self) -> Option<Vec<Code>> {
        let of_writes: &[Code] = if self.method == Method::GET { &[] } else { &[Code::Conflict] };
        let mut all = [ALWAYS, of_writes, self.codes?].concat();
        all.sort_by_key(|code| code.number());
        all.dedup();
        Some(all)
    }

    /// Whether anybody may ask.
    pub(crate) const fn is_open(&self) -> bool {
        matches!(self.handler, Handler::Visitor(_))
    }

    /// The codes it may answer beside those of every endpoint (200, 3, 400, 403, 429, 500, 503, and 409 where
    /// it is a POST).
    #[must_use]
    pub fn codes(mut self, codes: &'static [Code]) -> Self {
        self.codes = Some(codes);
        self
    }

    /// Changes something although it is a GET.
    #[must_use]
    pub fn writes(mut self) -> Self {
        self.access = Access::Write;
        self
    }

    /// Changes nothing but the caller's own login although it is a POST: who only looks may do it.
    #[must_use]
    pub fn reads(mut self) -> Self {
        self.access = Access::Read;
        self
    }

    /// Says more of a parameter in the reference: what is known only once all endpoints are.
    #[must_use]
    pub fn explain(mut self, name: &str, more: &Text) -> Self {
        for doc in self.params.iter_mut().filter(|doc| doc.name == name) {
            let Text { zh, en } = &doc.text;
            doc.text = Text::made(format!("{zh}{}", more.zh), format!("{en}{}", more.en));
        }
        self
    }

    /// Its texts are of this media type; plain text if nothing is said.
    #[must_use]
    pub fn in_plain(mut self, media_type: &'static str) -> Self {
        self.plain = media_type;
        self
    }

    /// Also answers under these paths.
    #[must_use]
    pub fn also(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }
}

/// Reads the input, then lets the handler answer.
fn answering<C, I, O, F, Fut>(handler: F) -> impl Fn(C, &Values) -> Outcome + Send + Sync
where
    I: Input,
    O: Output + 'static,
    F: Fn(C, I) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<O, Fault>> + Send + 'static,
{
    move |caller, values| {
        let mut reader = Reader::new(values);
        let read = I::read(&mut reader);
        match reader.finish(read) {
            Ok(input) => {
                let answer = handler(caller, input);
                Box::pin(async move { answer.await?.reply() })
            }
            Err(fault) => Box::pin(std::future::ready(Err(fault))),
        }
    }
}

/// Gives a handler its feature's state: `Endpoint::get(…, with(&state, api::list))`.
pub fn with<S, C, I, Fut>(
    state: &S,
    handler: impl Fn(S, C, I) -> Fut + Send + Sync + 'static,
) -> impl Fn(C, I) -> Fut + Send + Sync + 'static
where
    S: Clone + Send + Sync + 'static,
{
    let state = state.clone();
    move |call, input| handler(state.clone(), call, input)
}
