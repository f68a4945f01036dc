//! Endpoints as values.

use crate::answer::{Output, Reply};
use crate::params::{Input, ParamDoc, Reader, Values};
use crate::{BoxFuture, Call};
use http::Method;
use std::future::Future;
use std::sync::Arc;
use turnpike_base::{Fault, Text};
use utoipa::openapi::{RefOr, Schema};

type Handler = Arc<dyn Fn(Call, &Values) -> BoxFuture<'static, Result<Reply, Fault>> + Send + Sync>;

/// One endpoint.
#[derive(Clone)]
pub struct Endpoint {
    /// GET or POST.
    pub method: Method,
    /// Below the prefix, without a leading slash.
    pub path: &'static str,
    /// Other paths it answers under.
    pub aliases: &'static [&'static str],
    /// Its group in the reference.
    pub tag: &'static str,
    /// What it does.
    pub summary: Text,
    pub(crate) params: Vec<ParamDoc>,
    pub(crate) output: RefOr<Schema>,
    pub(crate) may_be_plain: bool,
    pub(crate) schemas: Vec<(String, RefOr<Schema>)>,
    pub(crate) handler: Handler,
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
        O: Output,
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
        O: Output,
        F: Fn(Call, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Fault>> + Send + 'static,
    {
        Self::new(Method::POST, path, tag, Text::new(zh, en), handler)
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
        O: Output,
        F: Fn(Call, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Fault>> + Send + 'static,
    {
        let mut schemas = Vec::new();
        O::data_schemas(&mut schemas);
        let handler = move |call: Call, values: &Values| -> BoxFuture<'static, Result<Reply, Fault>> {
            let mut reader = Reader::new(values);
            let read = I::read(&mut reader);
            match reader.finish(read) {
                Ok(input) => {
                    let answer = handler(call, input);
                    Box::pin(async move { answer.await?.reply() })
                }
                Err(fault) => Box::pin(std::future::ready(Err(fault))),
            }
        };
        Self {
            method,
            path,
            aliases: &[],
            tag,
            summary,
            params: I::docs(),
            output: O::data_schema(),
            may_be_plain: O::MAY_BE_PLAIN,
            schemas,
            handler: Arc::new(handler),
        }
    }

    /// Also answers under these paths.
    #[must_use]
    pub fn also(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }
}

/// Gives a handler its feature's state: `Endpoint::get(…, with(&state, api::list))`.
pub fn with<S, I, Fut>(
    state: &S,
    handler: impl Fn(S, Call, I) -> Fut + Send + Sync + 'static,
) -> impl Fn(Call, I) -> Fut + Send + Sync + 'static
where
    S: Clone + Send + Sync + 'static,
{
    let state = state.clone();
    move |call, input| handler(state.clone(), call, input)
}
