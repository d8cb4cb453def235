//! Another order for a visit, in place of the one that stands.

use super::around::Around;
use super::draft_form::DraftForm;
use super::entry_line::order_says;
use super::identity_strip::IdentityStrip;
use crate::web::drafting::{first, repeated};
use crate::web::form::Fields;
use askama::Template;
use clinical::course::screening::person::{Product, Route};
use clinical::course::session::{Grounds, Order, Session, SessionEvent, Stage};
use clinical::dosing::{VIALS, WeightKind};
use clinical::patient::Patient;
use clinical::policy::Rules;
use clinical::record::SessionId;

/// The page, as it is given what it shows.
pub struct OrderChange<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The session whose order it is.
    pub session: &'a Session,
    /// The person.
    pub patient: &'a Patient,
    /// The way of giving that is asked about.
    pub way: (Product, Route),
    /// The session's rules.
    pub rules: &'a Rules,
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
    form: DraftForm,
    typed_fields: Fields,
    vials: Vec<(String, bool)>,
    /// The word in the form, what it says, and whether it is chosen.
    weight_kinds: Vec<(&'static str, &'static str, bool)>,
    way: String,
    ways: Vec<(String, String, bool)>,
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
        let typed = self.drafted(ordered.map(|(_, order)| order));
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
            stage: session.stage_says(),
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
            form: DraftForm::of(self.rules.protocol(self.way.0, self.way.1), &typed),
            vials: VIALS
                .iter()
                .map(|vial| (vial.to_string(), typed.text("vial") == vial.to_string()))
                .collect(),
            weight_kinds: WeightKind::ALL
                .into_iter()
                .map(|kind| {
                    (
                        kind.word(),
                        kind.says(),
                        typed.text("weight_kind") == kind.word(),
                    )
                })
                .collect(),
            typed_fields: typed,
            way: word(self.way),
            ways: self.ways(),
            fields: self.fields(ordered.map(|(_, order)| order)),
            because: self.value("because", String::new()),
            beyond: self.value("beyond", String::new()),
            second_clinician: self.value("second_clinician", String::new()),
            refused: self.refused,
            typed: self.typed.is_some(),
        })
    }

    /// The ways for which this session has a protocol: the address, the words, and which is shown.
    fn ways(&self) -> Vec<(String, String, bool)> {
        let product = |product: Product| Route::ALL.iter().map(move |route| (product, *route));
        Product::ALL
            .iter()
            .flat_map(|one| product(*one))
            // Acceptance and consent are for a product: another one is another visit.
            .filter(|(product, route)| {
                *product == self.session.product()
                    && self.rules.protocol(*product, *route).is_some()
            })
            .map(|way| {
                let says = format!("{} {}", way.0.says(), way.1.says());
                (word(way), says, way == self.way)
            })
            .collect()
    }

    /// The fields of doses and devices: as typed, as they stand, or as the protocol begins.
    fn drafted(&self, order: Option<&Order>) -> Fields {
        if let Some(typed) = self.typed {
            return Fields(typed.to_vec());
        }
        let stands = order.filter(|order| (order.way.product, order.way.route) == self.way);
        let mut fields = match (stands, self.rules.protocol(self.way.0, self.way.1)) {
            (Some(order), _) => repeated(order),
            (None, Some((protocol, given))) => first(protocol, given, &nobody()),
            (None, None) => Vec::new(),
        };
        if let Some(order) = order {
            let weight = order.dosing_weight.value().to_string();
            fields.push(("weight".to_owned(), weight));
            let kind = order.reckoned_with().map_or("", WeightKind::word);
            fields.push(("weight_kind".to_owned(), kind.to_owned()));
        }
        Fields(fields)
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

/// The way as an address names it.
fn word((product, route): (Product, Route)) -> String {
    format!("{}/{}", product.word(), route.word())
}

/// Grounds that propose the smallest first dose: what is known is looked up when the order is made.
const fn nobody() -> Grounds {
    Grounds {
        age: None,
        earlier: 0,
        in_seven_days: 1,
        last: None,
        liver: None,
    }
}

impl Page<'_> {
    fn typed_field(&self, name: &str) -> &str {
        self.typed_fields.text(name)
    }
}

pub mod sample {
    //! A visit in preparation, with its order as it was planned.

    use super::OrderChange;
    use clinical::course::session::Session;
    use clinical::patient::Patient;
    use clinical::policy::Rules;

    /// The page.
    pub fn page<'a>(
        session: &'a Session,
        patient: &'a Patient,
        rules: &'a Rules,
    ) -> OrderChange<'a> {
        OrderChange {
            way: (session.product(), session.route()),
            rules,
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
        let html = sample::page(&session, &person, &Rules::shipped().unwrap()).html();
        let dose = session.order.as_ref().unwrap().dose.value();
        assert!(html.contains(&format!("name=\"dose\" value=\"{dose}\"")));
        assert!(html.contains("name=\"because\" value=\"\" required"));
    }

    #[test]
    fn what_was_typed_stays_when_it_was_refused() {
        let session = folded(prepared().unwrap());
        let person = person(118, "Moreno", "Ana", None);
        let typed = [("dose".to_owned(), "1O".to_owned())];
        let rules = Rules::shipped().unwrap();
        let page = OrderChange {
            typed: Some(&typed),
            refused: Some("“1O” is not a number."),
            ..sample::page(&session, &person, &rules)
        };
        assert!(page.html().contains("name=\"dose\" value=\"1O\""));
    }

    #[test]
    fn once_the_infusion_runs_there_is_no_form_to_change_the_order() {
        let session = running().unwrap();
        let person = person(118, "Moreno", "Ana", None);
        let html = sample::page(&session, &person, &Rules::shipped().unwrap()).html();
        assert!(html.contains("cannot be changed any more"));
        assert!(!html.contains("name=\"dose\""));
    }
}
