//! Endpoints as values.

use crate::params::{Input, ParamDoc, Reader, Values};
use crate::{BoxFuture, Call};
use http::Method;
use serde::Serialize;
use serde_json::Value;
use std::future::Future;
use std::sync::Arc;
use turnpike_base::{Fault, Text};
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

type Handler = Arc<dyn Fn(Call, &Values) -> BoxFuture<'static, Result<Value, Fault>> + Send + Sync>;

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
        O: Serialize + ToSchema,
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
        O: Serialize + ToSchema,
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
        O: Serialize + ToSchema,
        F: Fn(Call, I) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<O, Fault>> + Send + 'static,
    {
        let mut schemas = Vec::new();
        O::schemas(&mut schemas);
        let handler = move |call: Call, values: &Values| -> BoxFuture<'static, Result<Value, Fault>> {
            let mut reader = Reader::new(values);
            let read = I::read(&mut reader);
            match reader.finish(read) {
                Ok(input) => {
                    let answer = handler(call, input);
                    Box::pin(async move {
                        serde_json::to_value(answer.await?)
                            .map_err(|e| Fault::internal("answer_unprintable", e))
                    })
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
            output: O::schema(),
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
