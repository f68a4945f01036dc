//! How fields are read: leniently about form, strictly about bounds (contract section 1, "Numbers").

use crate::params::{ParamDoc, Values};
use serde_json::{Value, json};
use turnpike_base::{ProductType, Text, naming};

/// Reads one kind of value.
pub trait Kind {
    /// What it reads into.
    type Out;
    /// Reads one value; the reason names bounds and unit.
    fn parse(&self, value: &Value) -> Result<Self::Out, Text>;
    /// Whether it also reads a JSON array, and all that is sent under a name that is repeated.
    fn reads_lists(&self) -> bool {
        false
    }
    /// JSON schema of the value.
    fn schema(&self) -> Value;
    /// A value as it would be sent, for the reference; `None` where it has no short form.
    fn show(&self, _value: &Self::Out) -> Option<Value> {
        None
    }
}

/// A field of a certain type: a kind, and what happens when nothing is sent.
pub trait Field<T> {
    /// Reads it from all values.
    fn read(&self, values: &Values, name: &str) -> Result<T, Text>;
    /// Whether it has to be sent.
    fn is_required(&self) -> bool;
    /// JSON schema of the value.
    fn schema(&self) -> Value;
}

/// Has to be sent.
pub fn required<K: Kind>(kind: K) -> Required<K> {
    Required(kind)
}
/// May be missing.
pub fn optional<K: Kind>(kind: K) -> Optional<K> {
    Optional(kind)
}
/// Has a value of its own when missing.
pub fn or<K: Kind>(kind: K, default: K::Out) -> Or<K> {
    Or(kind, default)
}

/// See [`required`].
#[derive(Debug)]
pub struct Required<K>(K);
/// See [`optional`].
#[derive(Debug)]
pub struct Optional<K>(K);
/// See [`or`].
#[derive(Debug)]
pub struct Or<K: Kind>(K, K::Out);

fn one<K: Kind>(kind: &K, values: &Values, name: &str) -> Result<Option<K::Out>, Text> {
    values.whole(name, kind.reads_lists()).map(|value| kind.parse(&value)).transpose()
}

impl<K: Kind> Field<K::Out> for Required<K> {
    fn read(&self, values: &Values, name: &str) -> Result<K::Out, Text> {
        one(&self.0, values, name)?.ok_or(Text::new("必填", "is required"))
    }
    fn is_required(&self) -> bool {
        true
    }
    fn schema(&self) -> Value {
        self.0.schema()
    }
}

impl<K: Kind> Field<Option<K::Out>> for Optional<K> {
    fn read(&self, values: &Values, name: &str) -> Result<Option<K::Out>, Text> {
        one(&self.0, values, name)
    }
    fn is_required(&self) -> bool {
        false
    }
    fn schema(&self) -> Value {
        self.0.schema()
    }
}

impl<K: Kind> Field<K::Out> for Or<K>
where
    K::Out: Clone,
{
    fn read(&self, values: &Values, name: &str) -> Result<K::Out, Text> {
        Ok(one(&self.0, values, name)?.unwrap_or_else(|| self.1.clone()))
    }
    fn is_required(&self) -> bool {
        false
    }
    fn schema(&self) -> Value {
        let mut schema = self.0.schema();
        if let Some(default) = self.0.show(&self.1) {
            schema["default"] = default;
        }
        schema
    }
}

/// May be missing; sent blank it is blank, where a blank means "clear it".
pub fn clearable<K: Kind>(kind: K) -> Clearable<K> {
    Clearable(kind)
}

/// See [`clearable`].
#[derive(Debug)]
pub struct Clearable<K>(K);

impl<K: Kind> Field<Option<K::Out>> for Clearable<K> {
    fn read(&self, values: &Values, name: &str) -> Result<Option<K::Out>, Text> {
        values.sent(name).map(|value| self.0.parse(value)).transpose()
    }
    fn is_required(&self) -> bool {
        false
    }
    fn schema(&self) -> Value {
        self.0.schema()
    }
}

/// A list in one text, its items separated by commas, of at most so many characters in all. Clients that
/// send a JSON array or the name several times mean the same.
pub fn commas(max: usize) -> Commas {
    Commas(max)
}

/// See [`commas`].
#[derive(Clone, Copy, Debug)]
pub struct Commas(usize);

impl Field<String> for Commas {
    fn read(&self, values: &Values, name: &str) -> Result<String, Text> {
        let parts = values.all(name).into_iter().map(|value| text(1, self.0).parse(value));
        let joined = parts.collect::<Result<Vec<_>, _>>()?.join(",");
        if joined.is_empty() {
            return Err(Text::new("必填", "is required"));
        }
        text(1, self.0).parse(&Value::String(joined))
    }
    fn is_required(&self) -> bool {
        true
    }
    fn schema(&self) -> Value {
        text(1, self.0).schema()
    }
}

/// Texts that are one list: a text separated by commas, or several values; joined by commas. May be missing.
pub fn joined(most: usize) -> Joined {
    Joined { most, blank: false }
}

/// See [`joined`].
#[derive(Clone, Copy, Debug)]
pub struct Joined {
    most: usize,
    blank: bool,
}

impl Joined {
    /// A blank text or an empty list counts as sent: what grants something must not turn into its default by it.
    #[must_use]
    pub fn or_blank(self) -> Self {
        Self { blank: true, ..self }
    }
}

impl Field<Option<String>> for Joined {
    fn read(&self, values: &Values, name: &str) -> Result<Option<String>, Text> {
        if !values.all(name).is_empty() {
            return Commas(self.most).read(values, name).map(Some);
        }
        Ok((self.blank && values.names(name)).then(String::new))
    }
    fn is_required(&self) -> bool {
        false
    }
    fn schema(&self) -> Value {
        text(1, self.most).schema()
    }
}

/// What the reference says of a field.
pub fn doc<T>(name: &'static str, field: &impl Field<T>, zh: &'static str, en: &'static str) -> ParamDoc {
    ParamDoc { name, required: field.is_required(), text: Text::new(zh, en), schema: field.schema() }
}

/// A whole number with bounds and, where it has one, a unit.
pub fn int(min: i64, max: i64, unit: &'static str) -> Int {
    Int { min, max, unit }
}

/// See [`int`].
#[derive(Clone, Copy, Debug)]
pub struct Int {
    min: i64,
    max: i64,
    unit: &'static str,
}

/// A whole number: a JSON number, also one such as `2.0`, or a string of digits.
pub fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Number(n) => n.as_i64().or_else(|| n.to_string().strip_suffix(".0")?.parse().ok()),
        Value::String(s) => {
            let digits = s.trim();
            let plain = digits.strip_prefix('-').unwrap_or(digits);
            if plain.is_empty() || !plain.bytes().all(|b| b.is_ascii_digit()) {
                None
            } else {
                digits.parse().ok()
            }
        }
        _ => None,
    }
}

impl Kind for Int {
    type Out = i64;
    fn parse(&self, value: &Value) -> Result<i64, Text> {
        let Self { min, max, unit } = *self;
        let wrong = || out_of_bounds(min, max, unit);
        whole(value).filter(|n| (min..=max).contains(n)).ok_or_else(wrong)
    }
    fn schema(&self) -> Value {
        let mut schema =
            json!({"type": "integer", "format": "int64", "minimum": self.min, "maximum": self.max});
        if !self.unit.is_empty() {
            schema["x-unit"] = json!(self.unit);
        }
        schema
    }
    fn show(&self, value: &i64) -> Option<Value> {
        Some(json!(value))
    }
}

/// Which whole numbers a field takes, in words; `unit` is in English, or none.
pub fn out_of_bounds(min: i64, max: i64, unit: &str) -> Text {
    let (zh, en) = match unit {
        "" => (String::new(), String::new()),
        unit => (format!("（单位：{}）", unit_in_chinese(unit)), format!(" {unit}")),
    };
    Text::made(
        format!("应为 {min} 到 {max} 之间的整数{zh}"),
        format!("must be a whole number from {min} to {max}{en}"),
    )
}

/// A unit as Chinese texts write it: those that are symbols stay.
pub fn unit_in_chinese(unit: &str) -> &str {
    match unit {
        "min" => "分钟",
        "s" => "秒",
        "days" => "天",
        "addresses" => "个地址",
        "site currency" => "站点货币",
        symbol => symbol,
    }
}

/// A text of so many characters.
pub fn text(min: usize, max: usize) -> Str {
    Str { min, max, name: false }
}

/// A name of so many characters: a text that shows all that is in it.
pub fn name(min: usize, max: usize) -> Str {
    Str { min, max, name: true }
}

/// See [`text`].
#[derive(Clone, Copy, Debug)]
pub struct Str {
    min: usize,
    max: usize,
    name: bool,
}

impl Kind for Str {
    type Out = String;
    fn parse(&self, value: &Value) -> Result<String, Text> {
        let Self { min, max, name } = *self;
        let wrong = || {
            Text::made(
                format!("应为 {min} 到 {max} 个字符的文本"),
                format!("must be a text of {min} to {max} characters"),
            )
        };
        let text = match value {
            Value::String(s) => s.clone(),
            // A name or password of digits comes as a number from clients that are not careful.
            Value::Number(n) if n.is_i64() || n.is_u64() => n.to_string(),
            _ => return Err(wrong()),
        };
        let bad = text.contains('\0') || !(min..=max).contains(&text.chars().count());
        if bad {
            return Err(wrong());
        }
        if name && !naming::is_seen(&text) { Err(naming::UNSEEN) } else { Ok(text) }
    }
    fn schema(&self) -> Value {
        json!({"type": "string", "minLength": self.min, "maxLength": self.max})
    }
}

/// A product type out of a list.
pub fn product(allowed: &'static [i64]) -> Product {
    Product(allowed)
}

/// See [`product`].
#[derive(Clone, Copy, Debug)]
pub struct Product(&'static [i64]);

impl Kind for Product {
    type Out = ProductType;
    fn parse(&self, value: &Value) -> Result<ProductType, Text> {
        let list = self.0.iter().map(i64::to_string).collect::<Vec<_>>().join(", ");
        let wrong = || {
            Text::made(
                format!("应为套餐类型之一：{list}"),
                format!("must be one of the product types {list}"),
            )
        };
        whole(value).filter(|n| self.0.contains(n)).and_then(ProductType::from_number).ok_or_else(wrong)
    }
    fn schema(&self) -> Value {
        json!({"type": "integer", "enum": self.0})
    }
    fn show(&self, value: &ProductType) -> Option<Value> {
        Some(json!(value.number()))
    }
}

/// 0 or 1, also as a JSON boolean.
pub fn switch() -> Switch {
    Switch
}

/// See [`switch`].
#[derive(Clone, Copy, Debug)]
pub struct Switch;

impl Kind for Switch {
    type Out = bool;
    fn parse(&self, value: &Value) -> Result<bool, Text> {
        match (value, whole(value)) {
            (Value::Bool(on), _) => Ok(*on),
            (_, Some(0)) => Ok(false),
            (_, Some(1)) => Ok(true),
            _ => Err(Text::new("应为 0 或 1", "must be 0 or 1")),
        }
    }
    fn schema(&self) -> Value {
        json!({"type": "integer", "enum": [0, 1]})
    }
    fn show(&self, value: &bool) -> Option<Value> {
        Some(json!(i64::from(*value)))
    }
}

/// One of these words, in any case.
pub fn choice(words: &'static [&'static str]) -> Choice {
    Choice(words)
}

/// See [`choice`].
#[derive(Clone, Copy, Debug)]
pub struct Choice(&'static [&'static str]);

impl Kind for Choice {
    type Out = &'static str;
    fn parse(&self, value: &Value) -> Result<&'static str, Text> {
        let list = self.0.join(", ");
        let wrong = || Text::made(format!("应为以下之一：{list}"), format!("must be one of {list}"));
        let word = value.as_str().unwrap_or_default().trim();
        self.0.iter().find(|known| known.eq_ignore_ascii_case(word)).copied().ok_or_else(wrong)
    }
    fn schema(&self) -> Value {
        json!({"type": "string", "enum": self.0})
    }
    fn show(&self, value: &&'static str) -> Option<Value> {
        Some(json!(value))
    }
}

/// A text of at most so many characters in which blanks mean something; not sent, or sent empty, it is
/// the default.
pub fn verbatim(max: usize, default: &'static str) -> Verbatim {
    Verbatim { max, default }
}

/// See [`verbatim`].
#[derive(Clone, Copy, Debug)]
pub struct Verbatim {
    max: usize,
    default: &'static str,
}

impl Field<String> for Verbatim {
    fn read(&self, values: &Values, name: &str) -> Result<String, Text> {
        let text = values.verbatim(name).filter(|text| !text.is_empty()).unwrap_or(self.default);
        if text.chars().count() <= self.max {
            return Ok(text.to_owned());
        }
        let max = self.max;
        Err(Text::made(format!("最多 {max} 个字符"), format!("must have at most {max} characters")))
    }
    fn is_required(&self) -> bool {
        false
    }
    fn schema(&self) -> Value {
        json!({"type": "string", "maxLength": self.max, "default": self.default})
    }
}
