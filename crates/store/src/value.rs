//! What goes into a statement and comes out of it, the same on both engines.

use crate::Fault;
use units::Moment;
use uuid::Uuid;

/// One value. Moments travel as whole microseconds, booleans as 0 and 1, decimals as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Integer(i64),
    Text(String),
    Bytes(Vec<u8>),
    Identifier(Uuid),
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}
impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Integer(i64::from(truth))
    }
}
impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(i64::from(number))
    }
}
impl From<u64> for Value {
    fn from(number: u64) -> Self {
        // The two engines have no unsigned integers: the bits are kept.
        Self::Integer(number.cast_signed())
    }
}
impl From<usize> for Value {
    fn from(number: usize) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}
impl From<Moment> for Value {
    fn from(moment: Moment) -> Self {
        Self::Integer(moment.microseconds())
    }
}
impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}
impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}
impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}
impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}
impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}
impl From<&[u8; 32]> for Value {
    fn from(bytes: &[u8; 32]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}
impl From<Uuid> for Value {
    fn from(id: Uuid) -> Self {
        Self::Identifier(id)
    }
}
impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A write: the statement's text and its values.
#[derive(Clone, Debug)]
pub(crate) struct Write {
    pub text: &'static str,
    pub values: Vec<Value>,
}

/// Values for a statement, each turned into a [`Value`].
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::value::Value::from($value)),*] };
}
pub(crate) use values;

/// One row that a statement gave, read from the left.
#[derive(Debug)]
pub(crate) struct Row(std::vec::IntoIter<Value>);

impl Row {
    pub(crate) fn new(values: Vec<Value>) -> Self {
        Self(values.into_iter())
    }

    /// The next value as it is.
    pub(crate) fn value(&mut self) -> Value {
        self.0.next().unwrap_or(Value::Null)
    }

    pub(crate) fn integer(&mut self) -> Result<i64, Fault> {
        match self.value() {
            Value::Integer(number) => Ok(number),
            other => Err(unexpected("a number", &other)),
        }
    }

    pub(crate) fn count(&mut self) -> Result<u64, Fault> {
        self.integer().map(i64::cast_unsigned)
    }

    pub(crate) fn truth(&mut self) -> Result<bool, Fault> {
        self.integer().map(|number| number != 0)
    }

    pub(crate) fn moment(&mut self) -> Result<Moment, Fault> {
        self.integer().map(Moment::from_microseconds)
    }

    pub(crate) fn optional_moment(&mut self) -> Result<Option<Moment>, Fault> {
        match self.value() {
            Value::Null => Ok(None),
            Value::Integer(number) => Ok(Some(Moment::from_microseconds(number))),
            other => Err(unexpected("a moment", &other)),
        }
    }

    pub(crate) fn text(&mut self) -> Result<String, Fault> {
        match self.value() {
            Value::Text(text) => Ok(text),
            other => Err(unexpected("a text", &other)),
        }
    }

    pub(crate) fn optional_text(&mut self) -> Result<Option<String>, Fault> {
        match self.value() {
            Value::Null => Ok(None),
            Value::Text(text) => Ok(Some(text)),
            other => Err(unexpected("a text", &other)),
        }
    }

    pub(crate) fn bytes(&mut self) -> Result<Vec<u8>, Fault> {
        match self.value() {
            Value::Bytes(bytes) => Ok(bytes),
            other => Err(unexpected("bytes", &other)),
        }
    }

    pub(crate) fn digest(&mut self) -> Result<[u8; 32], Fault> {
        self.bytes()?
            .try_into()
            .map_err(|_| Fault::Damaged("a digest does not have 32 bytes".to_owned()))
    }

    pub(crate) fn identifier(&mut self) -> Result<Uuid, Fault> {
        self.optional_identifier()?
            .ok_or_else(|| unexpected("an identifier", &Value::Null))
    }

    pub(crate) fn optional_identifier(&mut self) -> Result<Option<Uuid>, Fault> {
        match self.value() {
            Value::Null => Ok(None),
            Value::Identifier(id) => Ok(Some(id)),
            Value::Bytes(bytes) => Uuid::from_slice(&bytes)
                .map(Some)
                .map_err(|error| Fault::Damaged(format!("an identifier: {error}"))),
            other => Err(unexpected("an identifier", &other)),
        }
    }
}

/// Names only the kinds, never the value: it may be about a person.
fn unexpected(wanted: &str, found: &Value) -> Fault {
    let found = match found {
        Value::Null => "nothing",
        Value::Integer(_) => "a number",
        Value::Text(_) => "a text",
        Value::Bytes(_) => "bytes",
        Value::Identifier(_) => "an identifier",
    };
    Fault::Damaged(format!("{wanted} was expected, {found} was found"))
}
