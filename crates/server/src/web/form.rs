//! A submitted form: named fields in order, some of them repeated.

use super::respond::Refused;
use axum::extract::FromRequest;
use axum::http::Request;
use rust_decimal::Decimal;

/// The fields of a form as they were sent.
#[derive(Clone, Debug, Default)]
pub struct Fields(pub Vec<(String, String)>);

/// A field that could not be understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Which field.
    pub field: String,
    /// In one sentence.
    pub says: String,
}

impl Problem {
    /// A problem with a field.
    pub fn new(field: &str, says: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            says: says.into(),
        }
    }
}

impl<S: Send + Sync> FromRequest<S> for Fields {
    type Rejection = Refused;
    async fn from_request(
        request: Request<axum::body::Body>,
        state: &S,
    ) -> Result<Self, Self::Rejection> {
        axum::Form::<Vec<(String, String)>>::from_request(request, state)
            .await
            .map(|axum::Form(fields)| Self(fields))
            .map_err(|_| Refused::Problem(Problem::new("", "The form could not be read.")))
    }
}

impl Fields {
    /// The field's text without surrounding spaces; absent is empty.
    pub fn text(&self, name: &str) -> &str {
        self.0
            .iter()
            .find(|(field, _)| field == name)
            .map_or("", |(_, value)| value.trim())
    }

    /// The field's text, if there is any.
    pub fn optional(&self, name: &str) -> Option<String> {
        Some(self.text(name))
            .filter(|text| !text.is_empty())
            .map(str::to_owned)
    }

    /// All values of a repeated field.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(field, _)| field == name)
            .map(|(_, value)| value.trim())
    }

    /// A number, if the field has any text.
    ///
    /// One reading of numbers for every form (hazard H20): digits, one point, at least one digit
    /// before it. A comma is asked about, never guessed.
    pub fn number(&self, name: &str) -> Result<Option<Decimal>, Problem> {
        let text = self.text(name);
        if text.is_empty() {
            return Ok(None);
        }
        read_number(text)
            .map(Some)
            .map_err(|says| Problem::new(name, says))
    }

    /// A number that must be there.
    pub fn required_number(&self, name: &str) -> Result<Decimal, Problem> {
        self.number(name)?
            .ok_or_else(|| Problem::new(name, "Enter a number."))
    }

    /// A number of a kind, if the field has any text.
    pub fn quantity<Q>(
        &self,
        name: &str,
        new: impl Fn(Decimal) -> Result<Q, units::Implausible>,
    ) -> Result<Option<Q>, Problem> {
        self.number(name)?
            .map(|value| new(value).map_err(|error| Problem::new(name, sentence(&error))))
            .transpose()
    }
}

fn sentence(error: &units::Implausible) -> String {
    format!("{error}. Check the number.")
}

/// One number as people type it. `Hazard: H20`.
fn read_number(text: &str) -> Result<Decimal, String> {
    if text.contains(',') {
        return Err(format!(
            "“{text}” has a comma. Write a point for decimals: 0.5"
        ));
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || text.len() > 9 {
        return Err(format!(
            "“{text}” is not a number that can be read. Write it like 0.5 or 72"
        ));
    }
    text.parse()
        .map_err(|_| format!("“{text}” is not a number that can be read."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(value: &str) -> Fields {
        Fields(vec![("rate".to_owned(), value.to_owned())])
    }

    #[test]
    fn a_number_with_a_comma_is_asked_about_and_never_guessed() {
        // Hazard: H20
        assert!(fields("0,5").number("rate").is_err());
        assert!(fields("1,000").number("rate").is_err());
    }

    #[test]
    fn a_number_needs_a_digit_before_and_after_its_point() {
        // Hazard: H20
        for wrong in [
            ".5", "5.", "-5", "+5", "5e3", "٥", "０", "5 0", "1.2.3", "NaN",
        ] {
            assert!(fields(wrong).number("rate").is_err(), "{wrong}");
        }
        assert_eq!(fields("0.5").number("rate"), Ok(Some(Decimal::new(5, 1))));
        assert_eq!(fields(" 75 ").number("rate"), Ok(Some(Decimal::from(75))));
        assert_eq!(fields("").number("rate"), Ok(None));
    }
}
