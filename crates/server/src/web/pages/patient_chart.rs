//! One person's course on one line of time, and everything beneath it.

use super::around::Around;
use super::clock_face::civil_date;
use super::gate::GatePanel;
use super::identity_strip::IdentityStrip;
use askama::Template;
use clinical::course::screening::person::Product;
use clinical::course::session::{Session, Stage};
use clinical::patient::Patient;
use clinical::policy::Verdict;
use units::{Moment, Span};

/// One person's chart.
pub struct PatientChart<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The person.
    pub patient: &'a Patient,
    /// Every visit, in any order.
    pub sessions: Vec<&'a Session>,
    /// What is open before the next start, if a visit waits for it.
    pub gate: Option<&'a Verdict>,
    /// What of consent is missing, one sentence a medicine.
    pub outstanding_consent: Vec<String>,
}

/// The width of the line of time in its own units.
const WIDTH: i64 = 1_000;
/// From both ends of the line to the first and the last visit.
const MARGIN: i64 = 40;

#[derive(Template)]
#[template(path = "patient_chart.html")]
struct Page<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    outstanding_consent: &'a [String],
    enrolment: Option<(String, String)>,
    visits: Vec<Visit>,
    marks: Vec<Mark>,
    first: String,
    last: String,
    gate: String,
    weights: Vec<(String, String, String)>,
    allergies: String,
}

struct Visit {
    number: usize,
    link: String,
    record: Option<String>,
    day: String,
    room: String,
    stage: Stage,
    dose: String,
    highest: String,
    lowest_saturation: String,
    notices: usize,
}

struct Mark {
    x: i64,
    number: usize,
    given: bool,
    link: String,
    says: String,
}

impl PatientChart<'_> {
    /// How the safety programme stands, where somebody said it or esketamine was ordered.
    fn enrolment(&self) -> Option<(String, String)> {
        let who = self.patient.registration.as_ref()?.patient;
        let ordered = self
            .sessions
            .iter()
            .any(|session| session.order.is_some() && session.product() == Product::Esketamine);
        let says = match self.patient.enrolment() {
            Some(said) => said.says(civil_date),
            None if ordered => "nobody has said whether this person is enrolled".to_owned(),
            None => return None,
        };
        Some((format!("{says}."), format!("/patients/{who}/programme")))
    }

    /// The page.
    pub fn html(&self) -> String {
        let clock = self.around.clock();
        let mut sessions = self.sessions.clone();
        sessions.sort_by_key(|session| session.planned_for);
        let ends = ends(&sessions, self.around.now);
        let visits: Vec<Visit> = sessions
            .iter()
            .enumerate()
            .map(|(index, session)| self.visit(index + 1, session))
            .collect();
        let marks = sessions
            .iter()
            .enumerate()
            .filter_map(|(index, session)| {
                let at = session.planned_for?;
                Some(Mark {
                    x: place(at, ends),
                    number: index + 1,
                    given: session.infusion().is_some(),
                    link: format!("/sessions/{}", session.id),
                    says: format!(
                        "Session {}, {}, {}",
                        index + 1,
                        clock.date(at),
                        session.stage.says()
                    ),
                })
            })
            .collect();
        let role = self.around.viewer.map(|viewer| viewer.role);
        super::written(&Page {
            around: self.around,
            strip: IdentityStrip::of(self.patient, self.around.now, self.around.zone),
            outstanding_consent: &self.outstanding_consent,
            enrolment: self.enrolment(),
            visits,
            marks,
            first: clock.date(ends.0),
            last: clock.date(ends.1),
            gate: self.gate.map_or_else(String::new, |verdict| {
                super::session_room::parts::gate(&GatePanel::of(verdict, role, &clock))
            }),
            weights: self
                .patient
                .weights
                .iter()
                .rev()
                .map(|weight| {
                    (
                        weight.kilograms.to_string(),
                        clock.when(weight.at),
                        weight.by.clone(),
                    )
                })
                .collect(),
            allergies: self.patient.allergies_at.map_or_else(
                || "Nobody has asked about allergies.".to_owned(),
                |at| format!("{}; asked {}.", self.patient.allergies, clock.when(at)),
            ),
        })
    }

    fn visit(&self, number: usize, session: &Session) -> Visit {
        let clock = self.around.clock();
        let dose = match (&session.order, session.infusion()) {
            (Some(order), Some(infusion)) => format!(
                "{} of {} {}",
                infusion.delivered(self.around.now).amount.rounded(1),
                order.dose,
                order.drug
            ),
            (Some(order), None) => format!("nothing of {} {}", order.dose, order.drug),
            (None, _) => "no order recorded".to_owned(),
        };
        let taken = session.vital_signs();
        let highest = taken
            .iter()
            .filter_map(|(_, values)| Some((values.systolic?, values.diastolic?)))
            .max()
            .map_or_else(
                || "not measured".to_owned(),
                |(systolic, diastolic)| format!("{}/{diastolic}", systolic.value()),
            );
        let lowest_saturation = taken
            .iter()
            .filter_map(|(_, values)| values.oxygen_saturation)
            .min()
            .map_or_else(
                || "not measured".to_owned(),
                |saturation| saturation.to_string(),
            );
        Visit {
            number,
            link: format!("/sessions/{}", session.id),
            record: (session.stage == Stage::Signed)
                .then(|| format!("/sessions/{}/record.pdf", session.id)),
            day: session
                .planned_for
                .map_or_else(|| "not planned".to_owned(), |at| clock.when(at)),
            room: session.room.clone(),
            stage: session.stage,
            dose,
            highest,
            lowest_saturation,
            notices: session.advisories.len(),
        }
    }
}

/// Both ends of the line of time: never empty.
fn ends(sessions: &[&Session], now: Moment) -> (Moment, Moment) {
    let planned = || sessions.iter().filter_map(|session| session.planned_for);
    let first = planned().min().unwrap_or(now).min(now);
    let last = planned().max().unwrap_or(now).max(now);
    if last - first < Span::from_hours(24) {
        (first - Span::from_hours(24 * 7), last)
    } else {
        (first, last)
    }
}

/// Where a moment stands on the line.
fn place(at: Moment, (first, last): (Moment, Moment)) -> i64 {
    let whole = (last - first).seconds().max(1);
    MARGIN + (at - first).seconds() * (WIDTH - 2 * MARGIN) / whole
}

/// The sample chart of one person with one visit under way.
pub fn sample<'a>(
    patient: &'a Patient,
    session: &'a Session,
    gate: &'a Verdict,
) -> PatientChart<'a> {
    PatientChart {
        outstanding_consent: Vec::new(),
        around: Around {
            here: super::around::Here::Patients,
            ..super::around::sample::around("/patients/1")
        },
        patient,
        sessions: vec![session],
        gate: Some(gate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn visits_stand_on_the_line_in_order_of_time() {
        let now = super::super::around::sample::NOW;
        let ends = (now - Span::from_hours(100), now);
        assert_eq!(place(now - Span::from_hours(100), ends), MARGIN);
        assert_eq!(place(now, ends), WIDTH - MARGIN);
        assert_eq!(place(now - Span::from_hours(50), ends), WIDTH / 2);
    }
}
