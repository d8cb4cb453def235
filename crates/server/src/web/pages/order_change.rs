//! Another order for a visit, in place of the one that stands.

use super::around::Around;
use super::entry_line::order_says;
use super::identity_strip::IdentityStrip;
use askama::Template;
use clinical::course::session::{Order, Session, SessionEvent, Stage};
use clinical::patient::Patient;
use clinical::record::SessionId;

/// The page, as it is given what it shows.
pub struct OrderChange<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The session whose order it is.
    pub session: &'a Session,
    /// The person.
    pub patient: &'a Patient,
    /// What had been typed, where it was not saved.
    pub typed: Option<&'a [(String, String)]>,
    /// Why it was not saved, in one sentence.
    pub refused: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "order_change.html")]
struct Page<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    session: SessionId,
    patient: String,
    instead_of: String,
    stands: Option<String>,
    earlier: Vec<String>,
    open: bool,
    dosing: bool,
    stage: &'static str,
    time_out: bool,
    weighed: String,
    fields: [Field; 7],
    because: String,
    beyond: String,
    second_clinician: String,
    refused: Option<&'a str>,
    typed: bool,
}

struct Field {
    name: &'static str,
    asks: &'static str,
    value: String,
    number: bool,
    needed: bool,
}

impl OrderChange<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let session = self.session;
        let clock = self.around.clock();
        let ordered = session.ordered();
        let earlier = session
            .entries
            .iter()
            .rev()
            .filter_map(|entry| match &entry.event {
                SessionEvent::OrderChanged { instead_of, .. } => Some(order_says(instead_of)),
                _another => None,
            })
            .collect();
        super::written(&Page {
            around: self.around,
            strip: IdentityStrip::of(self.patient, self.around.now, self.around.zone),
            session: session.id,
            patient: session
                .patient
                .map_or_else(String::new, |patient| patient.to_string()),
            instead_of: ordered.map_or_else(String::new, |(entry, _)| entry.event_id.to_string()),
            stands: ordered.map(|(_, order)| order_says(order)),
            earlier,
            open: ordered.is_some() && matches!(session.stage, Stage::Planned | Stage::Preparation),
            dosing: session.stage.is_dosing(),
            stage: session.stage.says(),
            time_out: session.time_out.is_some(),
            weighed: self.patient.weights.last().map_or_else(
                || "This person was never weighed here.".to_owned(),
                |weight| {
                    format!(
                        "Weighed on {}: {}.",
                        clock.date(weight.at),
                        weight.kilograms
                    )
                },
            ),
            fields: self.fields(ordered.map(|(_, order)| order)),
            because: self.value("because", String::new()),
            beyond: self.value("beyond", String::new()),
            second_clinician: self.value("second_clinician", String::new()),
            refused: self.refused,
            typed: self.typed.is_some(),
        })
    }

    /// The form, filled with what was typed, or with the order that stands.
    fn fields(&self, order: Option<&Order>) -> [Field; 7] {
        let of = |text: fn(&Order) -> String| order.map_or_else(String::new, text);
        let field = |name, asks, stands, needed| Field {
            name,
            asks,
            value: self.value(name, stands),
            number: name != "drug",
            needed,
        };
        [
            field("drug", "Drug", of(|order| order.drug.clone()), true),
            field(
                "dose",
                "Dose, mg",
                of(|order| order.dose.value().to_string()),
                true,
            ),
            field(
                "concentration",
                "Concentration in the bag, mg/mL",
                of(|order| order.concentration.value().to_string()),
                true,
            ),
            field(
                "volume",
                "Final volume, mL",
                of(|order| order.volume.value().to_string()),
                true,
            ),
            field(
                "rate",
                "Rate, mL/h",
                of(|order| order.rate.value().to_string()),
                false,
            ),
            field(
                "minutes",
                "or minutes for the whole volume",
                String::new(),
                false,
            ),
            field(
                "weight",
                "Dosing weight, kg",
                of(|order| order.dosing_weight.value().to_string()),
                true,
            ),
        ]
    }

    fn value(&self, name: &str, stands: String) -> String {
        match self.typed {
            None => stands,
            Some(typed) => typed
                .iter()
                .find(|(field, _)| field == name)
                .map_or_else(String::new, |(_, value)| value.clone()),
        }
    }
}

pub mod sample {
    //! A visit in preparation, with its order as it was planned.

    use super::OrderChange;
    use clinical::course::session::Session;
    use clinical::patient::Patient;

    /// The page.
    pub fn page<'a>(session: &'a Session, patient: &'a Patient) -> OrderChange<'a> {
        OrderChange {
            around: super::super::around::sample::around("/sessions/sample/order"),
            session,
            patient,
            typed: None,
            refused: None,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::identity_strip::sample::person;
    use super::super::session_room::sample::{folded, prepared, running};
    use super::*;

    #[test]
    fn the_form_is_filled_with_the_order_that_stands() {
        let session = folded(prepared().unwrap());
        let person = person(118, "Moreno", "Ana", None);
        let html = sample::page(&session, &person).html();
        let dose = session.order.as_ref().unwrap().dose.value();
        assert!(html.contains(&format!("name=\"dose\" value=\"{dose}\"")));
        assert!(html.contains("name=\"because\" value=\"\" required"));
    }

    #[test]
    fn what_was_typed_stays_when_it_was_refused() {
        let session = folded(prepared().unwrap());
        let person = person(118, "Moreno", "Ana", None);
        let typed = [("dose".to_owned(), "1O".to_owned())];
        let page = OrderChange {
            typed: Some(&typed),
            refused: Some("“1O” is not a number."),
            ..sample::page(&session, &person)
        };
        assert!(page.html().contains("name=\"dose\" value=\"1O\""));
    }

    #[test]
    fn once_the_infusion_runs_there_is_no_form_to_change_the_order() {
        let session = running().unwrap();
        let person = person(118, "Moreno", "Ana", None);
        let html = sample::page(&session, &person).html();
        assert!(html.contains("cannot be changed any more"));
        assert!(!html.contains("name=\"dose\""));
    }
}
