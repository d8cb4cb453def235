//! Questionnaires and scales: what each measures, whose it is, its bands, and what needs a person.

use super::around::Around;
use askama::Template;
use clinical::instrument::{
    Condition, Instrument, Library, LicenceVerdict, Respondent, Subject, Test, Urgency, When,
};

/// The scales that the program knows; read-only.
pub struct Scales<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The scales.
    pub library: &'a Library,
}

#[derive(Template)]
#[template(path = "scales.html")]
struct Page<'a> {
    around: Around<'a>,
    scales: Vec<Scale<'a>>,
}

struct Scale<'a> {
    instrument: &'a Instrument,
    answered_by: &'static str,
    asked: usize,
    range: Option<String>,
    words: String,
    bands: Vec<Line<'a>>,
    flags: Vec<FlagLine<'a>>,
}

struct Line<'a> {
    says: &'a str,
    when: String,
    unverified: bool,
}

struct FlagLine<'a> {
    says: &'a str,
    action: &'a str,
    urgency: &'static str,
    unverified: bool,
}

impl Scales<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(&Page {
            around: self.around,
            scales: self.library.instruments().map(scale).collect(),
        })
    }
}

fn scale(instrument: &Instrument) -> Scale<'_> {
    let principal = instrument.principal.as_deref();
    Scale {
        instrument,
        answered_by: match instrument.answered_by {
            Respondent::Patient => "the person answers",
            Respondent::Clinician => "a clinician rates",
        },
        asked: instrument.items.len(),
        range: principal
            .and_then(|id| instrument.score(id))
            .map(|score| format!("{} to {}", score.range.from, score.range.to)),
        words: words_say(instrument),
        bands: instrument
            .bands
            .iter()
            .map(|band| Line {
                says: &band.title,
                when: band
                    .when
                    .as_ref()
                    .map_or_else(|| "otherwise".to_owned(), |when| when_says(when, principal)),
                unverified: band.unverified,
            })
            .collect(),
        flags: instrument
            .flags
            .iter()
            .map(|flag| FlagLine {
                says: &flag.says,
                action: &flag.action,
                urgency: match flag.urgency {
                    Urgency::SameDay => "today",
                    Urgency::SameHour => "within the hour",
                },
                unverified: flag.unverified,
            })
            .collect(),
    }
}

/// Which words ship, and which have been compared with the published form.
fn words_say(instrument: &Instrument) -> String {
    if instrument.wording.is_empty() {
        return match instrument.licence.verdict {
            LicenceVerdict::Ship => "no words".to_owned(),
            LicenceVerdict::ShipNonCommercial | LicenceVerdict::Skeleton => {
                "no words ship: a clinic with a licence adds its own".to_owned()
            }
        };
    }
    instrument
        .wording
        .iter()
        .map(|(language, wording)| {
            let compared = if wording.unverified {
                ", not compared with the published form"
            } else {
                ""
            };
            format!("{language}{compared}")
        })
        .collect::<Vec<_>>()
        .join("; ")
}

/// A condition in words; the principal score needs no name.
fn when_says(when: &When, principal: Option<&str>) -> String {
    when.0
        .iter()
        .map(|row| {
            row.iter()
                .map(|condition| condition_says(condition, principal))
                .collect::<Vec<_>>()
                .join(" and ")
        })
        .collect::<Vec<_>>()
        .join(", or ")
}

fn condition_says(condition: &Condition, principal: Option<&str>) -> String {
    let about = match &condition.subject {
        Subject::Score(id) if Some(id.as_str()) == principal => String::new(),
        Subject::Score(id) => format!("{id}: "),
        Subject::Item(id) => format!("item {id}: "),
    };
    let test = match &condition.test {
        Test::OneOf(words) => words.join(" or "),
        Test::NoneOf(words) => format!("not {}", words.join(" or ")),
        Test::AtLeast(points) => format!("{points} or more"),
        Test::Above(points) => format!("more than {points}"),
        Test::AtMost(points) => format!("{points} or fewer"),
        Test::Below(points) => format!("fewer than {points}"),
    };
    format!("{about}{test}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scale_says_whose_it_is_and_every_flag_what_to_do() {
        let library = Library::shipped().unwrap();
        let html = Scales {
            around: super::super::around::sample::around("/scales"),
            library: &library,
        }
        .html();
        for instrument in library.instruments() {
            assert!(html.contains(&format!("id=\"{}\"", instrument.id)));
        }
        assert_eq!(
            html.matches("Whose:").count(),
            library.instruments().count()
        );
        // Source: clinical reference §8.1 (bands of PHQ-9) and §8.2 (item 9).
        let phq_9 = html.split("id=\"phq-9\"").nth(1).unwrap();
        let phq_9 = phq_9.split("</section>").next().unwrap();
        assert!(phq_9.contains("Severe") && phq_9.contains("20 or more"));
        assert!(phq_9.contains("0 to 27"));
        assert!(phq_9.contains("within the hour"));
    }
}
