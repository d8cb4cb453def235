//! The words that a note begins with, composed from what stands in the chart.
//!
//! Every line is one fact with its time. What was not charted is said to be so; nothing is judged.

use crate::course::session::experience::{medicine_says, support_says};
use crate::course::session::recovery::Recovery;
use crate::course::session::{Entry, Override, Session, SessionEvent, Stage, VitalSigns};
use crate::policy::{Outcome, Verdict};
use crate::record::Role;
use std::fmt::Display;
use units::{MillilitresPerHour, Moment};

/// What a note is composed for: the whole session, or what the person went through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Focus {
    /// Everything that was charted.
    Whole,
    /// What was given, how it was for the person, what helped, how they left.
    Experience,
}

impl Focus {
    /// By the author's role: a therapist writes of the experience.
    pub const fn of(role: Role) -> Self {
        match role {
            Role::Therapist => Self::Experience,
            Role::Patient
            | Role::FrontDesk
            | Role::Nurse
            | Role::Prescriber
            | Role::MedicalDirector
            | Role::Owner
            | Role::Auditor
            | Role::IntegrationClient => Self::Whole,
        }
    }
}

/// Lines under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paragraph {
    /// What they are about.
    pub heading: &'static str,
    /// At least one.
    pub lines: Vec<String>,
}

/// How a note is composed.
pub struct Composing<'a> {
    /// The chart as it stands.
    pub session: &'a Session,
    /// Writes a time of day on the clinic's clock: `13:12`.
    pub clock: &'a dyn Fn(Moment) -> String,
    /// The recovery checks that stand, with their scores by the session's rules.
    pub recoveries: &'a [Recovery],
}

/// What a note begins with: paragraphs without empty ones, in the order of the visit.
pub fn composed(of: &Composing<'_>, focus: Focus) -> Vec<Paragraph> {
    let all = [
        (true, "Visit", of.visit()),
        (false, "Before the drug", of.before()),
        (true, "Given", of.given()),
        (false, "Vital signs", of.vital_signs()),
        (false, "Notices", of.notices()),
        (true, "Experience and support", of.experience()),
        (false, "Other medicines", of.medicines()),
        (true, "Emergency", of.emergency()),
        (true, "Notes in the room", of.remarks()),
        (true, "Leaving", of.leaving()),
        (false, "The chart", of.chart()),
    ];
    all.into_iter()
        .filter(|(of_experience, ..)| focus == Focus::Whole || *of_experience)
        .filter(|(_, _, lines)| !lines.is_empty())
        .map(|(_, heading, lines)| Paragraph { heading, lines })
        .collect()
}

impl Composing<'_> {
    fn at(&self, moment: Moment) -> String {
        (self.clock)(moment)
    }

    /// Entries in order of time.
    fn entries(&self) -> Vec<&Entry> {
        let mut entries: Vec<&Entry> = self.session.entries.iter().collect();
        entries.sort_by_key(|entry| (entry.occurred_at, entry.version));
        entries
    }

    /// A line of each standing entry of which there is something to say.
    fn lines(&self, says: impl Fn(&Self, &SessionEvent) -> Option<String>) -> Vec<String> {
        self.entries()
            .into_iter()
            .filter_map(|entry| {
                let words = says(self, &*entry.standing()?)?;
                Some(format!("{} {words}", self.at(entry.occurred_at)))
            })
            .collect()
    }

    fn visit(&self) -> Vec<String> {
        let session = self.session;
        let mut lines = vec![format!(
            "Session {} in room {}; {} now.",
            u64::from(session.earlier_sessions) + 1,
            session.room,
            session.stage_says()
        )];
        match &session.order {
            Some(order) => {
                lines.push(format!("Ordered: {}.", order.says()));
                lines.extend(
                    order
                        .beyond_says()
                        .map(|says| format!("The order is {says}.")),
                );
            }
            None => lines.push("No order is recorded.".to_owned()),
        }
        lines
    }

    fn before(&self) -> Vec<String> {
        let mut lines = Vec::new();
        lines.extend(
            self.session
                .checked_in_at()
                .map(|at| format!("Came at {}.", self.at(at))),
        );
        lines.extend(self.lines(|of, event| {
            let SessionEvent::DosingStarted {
                verdict,
                overridden,
                ..
            } = event
            else {
                return None;
            };
            Some(of.passed("start", verdict, overridden.as_ref()))
        }));
        let started = self.session.infusion().and_then(|one| one.started_at());
        if let Some(started) = started {
            let last = self
                .session
                .vital_signs()
                .into_iter()
                .rev()
                .find(|(at, _)| *at <= started);
            lines.push(match last {
                Some((at, values)) => {
                    format!("Last before the drug, {}: {}.", self.at(at), signs(&values))
                }
                None => "No vital signs were charted before the drug.".to_owned(),
            });
        }
        lines
    }

    fn passed(&self, gate: &str, verdict: &Verdict, overridden: Option<&Override>) -> String {
        let all = verdict.findings.len();
        let met = verdict
            .findings
            .iter()
            .filter(|finding| finding.outcome == Outcome::Met)
            .count();
        let mut says = format!("{gate}: {met} of {all} requirements met.");
        for finding in verdict.open() {
            says.push_str(&format!(
                " Open: {} (found: {}).",
                finding.says, finding.found
            ));
        }
        if let Some(passed) = overridden {
            says.push_str(&format!(
                " Passed by {}{}: {}.",
                passed.role.word(),
                passed
                    .second_clinician
                    .as_ref()
                    .map_or_else(String::new, |name| format!(" with {name}")),
                passed.reason
            ));
        }
        says
    }

    fn given(&self) -> Vec<String> {
        let mut lines = self.lines(|_, event| drug_says(event));
        if lines.is_empty() {
            return vec!["No drug was given.".to_owned()];
        }
        let until = self.session.drug_ended_at().or(self.session.recorded_at);
        lines.push(match until.map(|at| self.session.given(at)) {
            Some(Some(amount)) => {
                let ordered = self
                    .session
                    .order
                    .as_ref()
                    .map_or_else(String::new, |order| format!(" of {} ordered", order.dose));
                format!("In all {}{ordered}.", amount.rounded(2))
            }
            Some(None) | None => "How much went in in all is not known.".to_owned(),
        });
        lines
    }

    fn vital_signs(&self) -> Vec<String> {
        let taken = self.session.vital_signs();
        if taken.is_empty() {
            return vec!["No vital signs were charted.".to_owned()];
        }
        let mut lines = vec![format!("{} sets charted.", taken.len())];
        let pressures: Vec<(Moment, _)> = taken
            .iter()
            .filter_map(|(at, values)| Some((*at, (values.systolic?, values.diastolic?))))
            .collect();
        let says = |(at, (systolic, diastolic)): &(Moment, (units::MillimetresOfMercury, _))| {
            format!("{}/{diastolic} at {}", systolic.value(), self.at(*at))
        };
        lines.push(
            match (
                // Of the same systolic the first.
                pressures
                    .iter()
                    .rev()
                    .max_by_key(|(_, (systolic, _))| *systolic),
                pressures.iter().min_by_key(|(_, (systolic, _))| *systolic),
                pressures.last(),
            ) {
                (Some(highest), Some(lowest), Some(last)) => format!(
                    "Blood pressure: highest {}, lowest {}, last {}.",
                    says(highest),
                    says(lowest),
                    says(last)
                ),
                (Some(_), _, _) | (None, _, _) => "Blood pressure: not charted.".to_owned(),
            },
        );
        lines.push(self.range("Heart rate", &taken, |values| values.heart_rate));
        lines.push(self.range("Oxygen saturation", &taken, |values| {
            values.oxygen_saturation
        }));
        lines.push(self.range("Breathing", &taken, |values| values.respiratory_rate));
        lines.extend(self.scores());
        lines
    }

    fn range<T: Ord + Copy + Display>(
        &self,
        name: &str,
        taken: &[(Moment, VitalSigns)],
        pick: impl Fn(&VitalSigns) -> Option<T>,
    ) -> String {
        let values: Vec<(Moment, T)> = taken
            .iter()
            .filter_map(|(at, values)| Some((*at, pick(values)?)))
            .collect();
        let lowest = values.iter().min_by_key(|(_, value)| *value);
        let highest = values.iter().rev().max_by_key(|(_, value)| *value);
        match (lowest, highest) {
            (Some((low_at, low)), Some((high_at, high))) => format!(
                "{name}: lowest {low} at {}, highest {high} at {}.",
                self.at(*low_at),
                self.at(*high_at)
            ),
            (Some(_), None) | (None, _) => format!("{name}: not charted."),
        }
    }

    fn scores(&self) -> Vec<String> {
        let mut sedation = Vec::new();
        let mut distress = Vec::new();
        for entry in self.entries() {
            match entry.standing().as_deref() {
                Some(SessionEvent::SedationScored { score }) => {
                    sedation.push((score.points(), entry.occurred_at));
                }
                Some(SessionEvent::DistressScored { score }) => {
                    distress.push((score.points(), entry.occurred_at));
                }
                Some(_) | None => {}
            }
        }
        let mut lines = Vec::new();
        if let Some((points, at)) = sedation.iter().min_by_key(|(points, _)| *points) {
            lines.push(format!("MOAA/S: lowest {points} of 5 at {}.", self.at(*at)));
        }
        if let Some((points, at)) = distress.iter().rev().max_by_key(|(points, _)| *points) {
            lines.push(format!(
                "Distress: highest {points} of 10 at {}.",
                self.at(*at)
            ));
        }
        lines
    }

    fn notices(&self) -> Vec<String> {
        self.session
            .advisories
            .values()
            .map(|advisory| {
                let seen = advisory.acknowledged.as_ref().map_or_else(
                    || "not acknowledged".to_owned(),
                    |(by, at)| format!("seen by {} at {}", by.name(), self.at(*at)),
                );
                let ended = advisory.resolved.as_ref().map_or_else(
                    || "not ended".to_owned(),
                    |(how, at)| format!("ended {}: {how}", self.at(*at)),
                );
                format!(
                    "{} {}; {seen}; {ended}.",
                    self.at(advisory.raised_at),
                    advisory.notice.says
                )
            })
            .collect()
    }

    fn experience(&self) -> Vec<String> {
        self.lines(|_, event| match event {
            SessionEvent::SupportGiven { kind, note, detail } => {
                Some(format!("support: {}", support_says(*kind, detail, note)))
            }
            SessionEvent::MomentMarked { .. }
            | SessionEvent::ExperienceRated { .. }
            | SessionEvent::SupportEffectSeen { .. }
            | SessionEvent::TouchSaid { .. } => {
                let (what, says) = event.experience_says()?;
                Some(format!("{}: {says}", what.to_lowercase()))
            }
            _other => None,
        })
    }

    fn medicines(&self) -> Vec<String> {
        self.lines(|_, event| match event {
            SessionEvent::MedicineGiven {
                medicine,
                dose,
                route,
                because,
                ..
            } => Some(medicine_says(medicine, dose, route, because)),
            _other => None,
        })
    }

    fn emergency(&self) -> Vec<String> {
        self.lines(|of, event| {
            let (what, says) = event.card_says(|at| of.at(at))?;
            Some(format!("{}: {says}", what.to_lowercase()))
        })
    }

    fn remarks(&self) -> Vec<String> {
        self.lines(|_, event| match event {
            SessionEvent::NoteWritten { text } => Some(text.clone()),
            _other => None,
        })
    }

    fn leaving(&self) -> Vec<String> {
        let mut lines: Vec<String> = self
            .recoveries
            .iter()
            .map(|one| {
                format!(
                    "{} Aldrete {}, discharge score {}; {}.",
                    self.at(one.at),
                    one.aldrete.says(),
                    one.padss.says(),
                    one.check.says()
                )
            })
            .collect();
        lines.extend(self.lines(|of, event| match event {
            SessionEvent::PatientDischarged {
                escort,
                verdict,
                overridden,
            } => Some(format!(
                "left with {escort}. {}",
                of.passed("Leaving", verdict, overridden.as_ref())
            )),
            SessionEvent::SessionCancelled { reason } => {
                Some(format!("the visit ended without drug: {reason}"))
            }
            _other => None,
        }));
        if self.session.stage.is_present() {
            lines.push("Has not left yet.".to_owned());
        }
        lines
    }

    fn chart(&self) -> Vec<String> {
        let entries = &self.session.entries;
        let corrected = entries
            .iter()
            .filter(|entry| !entry.corrections.is_empty())
            .count();
        let later = entries.iter().filter(|entry| entry.later.is_some()).count();
        let mut lines = Vec::new();
        if corrected > 0 {
            lines.push(format!(
                "{corrected} entries were corrected; the chart shows both."
            ));
        }
        if later > 0 {
            lines.push(format!(
                "{later} entries were recorded offline or from paper."
            ));
        }
        if self.session.stage == Stage::Signed {
            lines.push("The record is signed.".to_owned());
        }
        lines
    }
}

/// What was given or done with the drug; nothing for every other event.
fn drug_says(event: &SessionEvent) -> Option<String> {
    let because = |says: String, reason: &str| {
        if reason.is_empty() {
            says
        } else {
            format!("{says}: {reason}")
        }
    };
    Some(match event {
        SessionEvent::DosingStarted { rate, .. } if *rate != MillilitresPerHour::ZERO => {
            format!("infusion begun at {rate}")
        }
        SessionEvent::InfusionRateChanged { rate, reason, .. } => {
            because(format!("rate {rate}"), reason)
        }
        SessionEvent::BolusGiven { amount } => format!("bolus of {amount}"),
        SessionEvent::InfusionPaused { reason } => because("paused".to_owned(), reason),
        SessionEvent::InfusionResumed {} => "goes on".to_owned(),
        SessionEvent::InfusionStopped { why, note } | SessionEvent::DosingEnded { why, note } => {
            because(why.says().to_owned(), note)
        }
        SessionEvent::DoseGiven {
            number,
            amount,
            portion,
            ..
        } => format!(
            "{} {number}: {amount}, {}",
            portion.kind().to_lowercase(),
            portion.says()
        ),
        _other => return None,
    })
}

/// A set of vital signs in one line.
fn signs(values: &VitalSigns) -> String {
    let mut parts = Vec::new();
    if let (Some(systolic), Some(diastolic)) = (values.systolic, values.diastolic) {
        parts.push(format!("{}/{diastolic}", systolic.value()));
    }
    parts.extend(values.heart_rate.map(|value| value.to_string()));
    parts.extend(
        values
            .oxygen_saturation
            .map(|value| format!("SpO₂ {value}")),
    );
    parts.extend(
        values
            .respiratory_rate
            .map(|value| format!("breathing {value}")),
    );
    parts.extend(values.temperature.map(|value| value.to_string()));
    parts.join(", ")
}
