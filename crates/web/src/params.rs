//! Parameters: one declaration is the struct, the reader and the documentation.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use turnpike_base::{Code, Fault, Text};

/// What a request sent, by name, wherever it came from.
#[derive(Clone, Debug, Default)]
pub struct Values {
    values: BTreeMap<String, Vec<Value>>,
    /// Names that a JSON body gave an array for.
    arrays: BTreeSet<String>,
}

impl Values {
    /// The values sent under a name; blank strings count as not sent, as old clients send them.
    pub fn all(&self, name: &str) -> Vec<&Value> {
        let sent = self.values.get(name).map(Vec::as_slice).unwrap_or_default();
        sent.iter().filter(|v| !v.is_null() && v.as_str().is_none_or(|s| !s.trim().is_empty())).collect()
    }

    /// The first value under a name as it was sent, blank or not, if it is a text.
    pub fn verbatim(&self, name: &str) -> Option<&str> {
        self.values.get(name)?.iter().find_map(Value::as_str)
    }

    /// The first value under a name, blank or not.
    pub fn sent(&self, name: &str) -> Option<&Value> {
        self.values.get(name)?.iter().find(|value| !value.is_null())
    }

    /// Whether something was sent under a name, be it a blank text or an empty list; null is nothing.
    pub fn names(&self, name: &str) -> bool {
        self.values.get(name).is_some_and(|sent| sent.is_empty() || sent.iter().any(|value| !value.is_null()))
    }

    /// The first value as text, if it is one.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.all(name).first().and_then(|v| v.as_str())
    }

    /// Adds a value. `name[]` and `name[0]` are how some clients repeat a parameter.
    pub(crate) fn add(&mut self, name: &str, value: Value) {
        let listed = name.strip_suffix(']').and_then(|rest| rest.split_once('['));
        let name = match listed {
            Some((plain, index)) if index.bytes().all(|b| b.is_ascii_digit()) => plain,
            _ => name,
        };
        self.values.entry(name.to_owned()).or_default().push(value);
    }

    /// Adds an array of a JSON body: its items, and that they came as one.
    pub(crate) fn add_array(&mut self, name: &str, items: Vec<Value>) {
        self.arrays.insert(name.to_owned());
        self.values.entry(name.to_owned()).or_default();
        items.into_iter().for_each(|item| self.add(name, item));
    }

    /// Takes over what others say; what they are silent on stays.
    pub(crate) fn override_by(&mut self, others: Self) {
        for name in others.values.keys() {
            self.arrays.remove(name);
        }
        self.values.extend(others.values);
        self.arrays.extend(others.arrays);
    }

    /// What was sent under a name, if anything was: one value, or all of them as a list where they came as a list or
    /// `lists` says that more than one are a list. An empty list is nothing only to what reads lists: PHP sends one for
    /// "none", but to a number it is as wrong as any other list.
    pub(crate) fn whole(&self, name: &str, lists: bool) -> Option<Value> {
        let all = self.all(name);
        let came_as_list = self.arrays.contains(name);
        let listed = came_as_list || (lists && all.len() > 1);
        match all.first() {
            Some(_) if listed => Some(Value::Array(all.into_iter().cloned().collect())),
            None if came_as_list && !lists => Some(Value::Array(Vec::new())),
            first => first.map(|value| (*value).clone()),
        }
    }
}

/// Reads values and gathers everything that is wrong with them.
#[derive(Debug)]
pub struct Reader<'v> {
    values: &'v Values,
    errors: BTreeMap<String, Vec<Text>>,
}

impl<'v> Reader<'v> {
    /// A reader of these values.
    pub fn new(values: &'v Values) -> Self {
        Self { values, errors: BTreeMap::new() }
    }

    /// The values.
    pub fn values(&self) -> &'v Values {
        self.values
    }

    /// Reads one field; what is wrong with it is kept.
    pub fn field<T>(&mut self, name: &str, field: &impl crate::field::Field<T>) -> Option<T> {
        match field.read(self.values, name) {
            Ok(value) => Some(value),
            Err(reason) => {
                self.errors.entry(name.to_owned()).or_default().push(reason);
                None
            }
        }
    }

    /// The input, or a fault that names every wrong field.
    pub fn finish<T>(self, read: Option<T>) -> Result<T, Fault> {
        match read {
            Some(input) if self.errors.is_empty() => Ok(input),
            _ => Err(Fault { errors: self.errors, ..Fault::new(Code::Parameter, "bad_parameter") }),
        }
    }
}

/// What the API reference says of one parameter.
#[derive(Clone, Debug)]
pub struct ParamDoc {
    /// Its name.
    pub name: &'static str,
    /// Whether it has to be sent.
    pub required: bool,
    /// What it is.
    pub text: Text,
    /// JSON schema.
    pub schema: Value,
}

/// What an endpoint takes; made with [`crate::params!`].
pub trait Input: Sized + Send + 'static {
    /// Reads it.
    fn read(reader: &mut Reader<'_>) -> Option<Self>;
    /// Its parameters.
    fn docs() -> Vec<ParamDoc>;
}

/// Nothing.
impl Input for () {
    fn read(_: &mut Reader<'_>) -> Option<Self> {
        Some(())
    }
    fn docs() -> Vec<ParamDoc> {
        Vec::new()
    }
}

/// Declares what an endpoint takes: each line is a field, how it is read, and what it is in Chinese and
/// English. See the crate's example.
#[macro_export]
macro_rules! params {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($field:ident : $type:ty = $spec:expr, $zh:literal, $en:literal;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        $vis struct $name {
            $(#[doc = $en] pub $field: $type,)*
        }
        impl $crate::Input for $name {
            fn read(reader: &mut $crate::Reader<'_>) -> Option<Self> {
                $(let $field: Option<$type> = reader.field(stringify!($field), &$spec);)*
                Some(Self { $($field: $field?,)* })
            }
            fn docs() -> Vec<$crate::ParamDoc> {
                vec![$($crate::field::doc::<$type>(stringify!($field), &$spec, $zh, $en)),*]
            }
        }
    };
}
