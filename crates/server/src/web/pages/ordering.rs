//! The order for a visit: what is asked, what it comes to with every formula, what the rules say,
//! and the last sessions beside it.

use super::around::Around;
use super::clock_face::ClockFace;
use super::day_view::drug_says;
use super::draft_form::DraftForm;
use super::gate::GatePanel;
use super::identity_strip::IdentityStrip;
use super::planned_dose;
use crate::prediction::Prediction;
use crate::web::drafting::Draft;
use crate::web::form::Fields;
use askama::Template;
use clinical::course::booking::Visit;
use clinical::course::session::{Order, Session, SessionEvent};
use clinical::dosing::{Line, WeightKind, Weights};
use clinical::patient::Patient;
use clinical::policy::{AdoptedPolicy, Given};
use clinical::record::SessionId;
use units::{Milligrams, MillimetresOfMercury, Moment};

/// One earlier session, as far as it helps with the next order.
#[derive(Clone, Debug)]
pub struct Before {
    /// When the drug began.
    pub at: Moment,
    /// What was ordered.
    pub order: Order,
    given: Milligrams,
    systolic: Option<MillimetresOfMercury>,
    diastolic: Option<MillimetresOfMercury>,
    sedation: Option<u8>,
    distress: Option<u8>,
    trouble: Vec<String>,
}

impl Before {
    /// Of a session in which something was given; none otherwise.
    pub fn of(session: &Session) -> Option<Self> {
        let order = session.order.clone()?;
        let infusion = session.infusion()?;
        let at = session.entries.iter().find_map(|entry| {
            matches!(entry.event, SessionEvent::DosingStarted { .. }).then_some(entry.occurred_at)
        })?;
        let signs = session.vital_signs();
        let scores = || session.entries.iter().filter_map(|entry| entry.standing());
        Some(Self {
            at,
            given: infusion.delivered(session.last_act().unwrap_or(at)).amount,
            systolic: signs.iter().filter_map(|(_, signs)| signs.systolic).max(),
            diastolic: signs.iter().filter_map(|(_, signs)| signs.diastolic).max(),
            sedation: scores()
                .filter_map(|event| match &*event {
                    SessionEvent::SedationScored { score } => Some(score.points()),
                    _another => None,
                })
                .min(),
            distress: scores()
                .filter_map(|event| match &*event {
                    SessionEvent::DistressScored { score } => Some(score.points()),
                    _another => None,
                })
                .max(),
            trouble: session
                .cards()
                .iter()
                .map(|one| one.card.title.clone())
                .collect(),
            order,
        })
    }

    fn line(&self, clock: &ClockFace<'_>) -> BeforeLine {
        let each = self
            .order
            .dose
            .value()
            .checked_div(self.order.dosing_weight.value());
        let minutes = (self.order.volume.value() * units::Decimal::from(60))
            .checked_div(self.order.rate.value());
        let how = self.order.way.doses_say().or_else(|| {
            minutes.map(|minutes| format!("{}\u{a0}min", minutes.round_dp(0).normalize()))
        });
        let or_unknown = |value: Option<String>| value.unwrap_or_else(|| "not measured".to_owned());
        BeforeLine {
            day: clock.date(self.at),
            ordered: format!(
                "{}{}{}",
                self.order.dose,
                each.map_or_else(String::new, |each| format!(
                    ", {}\u{a0}mg/kg",
                    each.round_dp(2).normalize()
                )),
                how.map_or_else(String::new, |how| format!(", {how}")),
            ),
            given: format!("{}\u{a0}mg", self.given.value().round_dp(1).normalize()),
            pressure: or_unknown(self.systolic.map(|systolic| {
                self.diastolic.map_or_else(
                    || systolic.value().to_string(),
                    |diastolic| format!("{} / {}", systolic.value(), diastolic.value()),
                )
            })),
            sedation: or_unknown(self.sedation.map(|score| score.to_string())),
            distress: or_unknown(self.distress.map(|score| score.to_string())),
            trouble: if self.trouble.is_empty() {
                "none charted".to_owned()
            } else {
                self.trouble.join(", ")
            },
        }
    }
}

struct BeforeLine {
    day: String,
    ordered: String,
    given: String,
    pressure: String,
    sedation: String,
    distress: String,
    trouble: String,
}

struct WeightLine {
    word: &'static str,
    says: String,
    chosen: bool,
    known: bool,
}

/// The page.
pub struct OrderPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// For which visit.
    pub visit: &'a Visit,
    /// For whom.
    pub patient: &'a Patient,
    /// Their weights; none while nobody knows one.
    pub weights: Option<&'a Weights>,
    /// Earlier sessions, the newest first.
    pub before: &'a [Before],
    /// What is typed, or proposed.
    pub fields: &'a Fields,
    /// The protocol, and how it gives the drug; none where the clinic has none for this.
    pub protocol: Option<(&'a AdoptedPolicy, Given)>,
    /// What it comes to, as far as everything is there.
    pub draft: Option<&'a Draft>,
    /// What it comes to in the blood, predicted; none where the clinic does not show it.
    pub predicted: Option<&'a Prediction>,
    /// What the rules say of it.
    pub panel: Option<GatePanel>,
    /// What was not understood.
    pub problem: Option<crate::web::form::Problem>,
    /// Why it was not saved.
    pub refused: Option<&'a str>,
    /// The strengths that vials come in.
    pub vials: [i64; 3],
}

#[derive(Template)]
#[template(path = "ordering.html")]
struct Page<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    visit: SessionId,
    about: String,
    weights: Vec<WeightLine>,
    fields: &'a Fields,
    form: DraftForm,
    vials: Vec<(String, bool)>,
    lines: &'a [Line],
    summary: Option<String>,
    predicted: String,
    seen: String,
    panel: Option<GatePanel>,
    says: Option<String>,
    before: Vec<BeforeLine>,
}

impl Page<'_> {
    fn typed(&self, name: &str) -> &str {
        self.fields.text(name)
    }
}

impl OrderPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let clock = self.around.clock();
        let visit = self.visit;
        super::written(&Page {
            around: self.around,
            strip: IdentityStrip::of(self.patient, self.around.now, self.around.zone),
            visit: visit.visit,
            about: format!(
                "{}, {} · {}",
                clock.weekday(visit.starts),
                clock.time(visit.starts),
                drug_says(visit)
            ),
            weights: self.weights.map_or_else(Vec::new, |known| {
                let kind = WeightKind::of_word(self.fields.text("weight_kind"));
                WeightKind::ALL
                    .into_iter()
                    .map(|one| weight_line(known, one, kind == Some(one)))
                    .collect()
            }),
            fields: self.fields,
            form: DraftForm::of(self.protocol, self.fields),
            vials: self
                .vials
                .iter()
                .map(|vial| {
                    let vial = vial.to_string();
                    let chosen = self.fields.text("vial") == vial;
                    (vial, chosen)
                })
                .collect(),
            lines: self.draft.map_or(&[], |draft| &draft.lines),
            summary: self.draft.map(|draft| summary(&draft.order)),
            predicted: self.predicted.map_or_else(String::new, |predicted| {
                planned_dose::section(predicted, &clock)
            }),
            seen: self
                .draft
                .map_or_else(String::new, |draft| draft.order.dose.value().to_string()),
            panel: self.panel.clone(),
            says: self
                .refused
                .map(str::to_owned)
                .or_else(|| self.problem.as_ref().map(|problem| problem.says.clone())),
            before: self.before.iter().map(|one| one.line(&clock)).collect(),
        })
    }
}

/// What would be saved, in one sentence.
pub fn summary(order: &Order) -> String {
    let (drug, dose) = (&order.drug, order.dose);
    match (order.way.doses_say(), order.made_ready()) {
        (None, _) => format!(
            "{drug} {dose}: {} in {}, at {}.",
            order.concentration, order.volume, order.rate
        ),
        (Some(doses), None) => format!("{drug} {dose}: {doses}."),
        (Some(doses), Some(made)) => format!("{drug} {dose}: {doses}; {made}."),
    }
}

fn weight_line(known: &Weights, kind: WeightKind, chosen: bool) -> WeightLine {
    let weight = known.get(kind);
    let value = weight.map_or_else(|| "none".to_owned(), |known| known.to_string());
    let name = match kind {
        WeightKind::Actual => match known.body_mass_index {
            Some(index) => format!("As measured or told (body-mass index {index})"),
            None => "As measured or told (no height is known)".to_owned(),
        },
        WeightKind::Ideal => "Ideal, by height and registered sex".to_owned(),
        WeightKind::Adjusted => "Adjusted, only from a body-mass index of 30 on".to_owned(),
    };
    WeightLine {
        word: kind.word(),
        says: format!("{name}: {value}"),
        chosen,
        known: weight.is_some(),
    }
}
