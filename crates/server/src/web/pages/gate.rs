//! A gate's answer in words: what was needed, what was found, from when, who may override.

use super::around::role_says;
use super::clock_face::ClockFace;
use clinical::policy::{Finding, Gate, Outcome, Severity, Verdict};
use clinical::record::Role;

/// One requirement in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindingLine {
    /// The requirement's name.
    pub requirement: String,
    /// `unmet` or `unknown` or `met`: the class and the word.
    pub outcome: &'static str,
    /// The rule in words.
    pub says: String,
    /// What was needed.
    pub needed: String,
    /// What was found.
    pub found: String,
    /// `from 13:40`, where time alone is missing.
    pub from_when: Option<String>,
    /// What to do.
    pub remedy: String,
    /// Who may let it pass.
    pub who: String,
    /// True when it does not block.
    pub caution_only: bool,
    /// The policy's name, for the link to the rule.
    pub policy: String,
    /// The policy's version.
    pub version: u32,
    /// Where the rule comes from.
    pub source: String,
}

/// A gate's whole answer in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GatePanel {
    /// What the gate guards: `Start of the infusion`.
    pub title: &'static str,
    /// True when nothing blocks.
    pub open: bool,
    /// One sentence that says how it stands.
    pub says: String,
    /// Unmet and unknown, gravest first.
    pub missing: Vec<FindingLine>,
    /// Met.
    pub met: Vec<FindingLine>,
    /// This viewer may pass it with a reason.
    pub may_override: bool,
    /// An override needs a second clinician.
    pub second_clinician: bool,
    /// When the next of what is missing will be met by itself, in milliseconds; for the page's
    /// script, which reads it anew then.
    pub met_at: Option<i64>,
}

impl GatePanel {
    /// Of a verdict, for one viewer.
    pub fn of(verdict: &Verdict, role: Option<Role>, clock: &ClockFace<'_>) -> Self {
        let open = verdict.is_open();
        let missing: Vec<_> = verdict
            .open()
            .into_iter()
            .map(|finding| line(finding, clock))
            .collect();
        let met = verdict
            .findings
            .iter()
            .filter(|finding| finding.outcome == Outcome::Met)
            .map(|finding| line(finding, clock))
            .collect();
        let may_override = !open && role.is_some_and(|role| verdict.beyond(role).is_empty());
        let blocking = missing.iter().filter(|line| !line.caution_only).count();
        let says = match (open, blocking, verdict.met_at()) {
            (true, _, _) => "Every requirement is met.".to_owned(),
            (false, 1, Some(at)) => format!(
                "Closed: one requirement is open. It will be met by itself from {}.",
                clock.when(at)
            ),
            (false, n, Some(at)) => format!(
                "Closed: {n} requirements are open. They will be met by themselves from {}.",
                clock.when(at)
            ),
            (false, 1, None) => "Closed: one requirement is open.".to_owned(),
            (false, n, None) => format!("Closed: {n} requirements are open."),
        };
        Self {
            title: gate_says(verdict.gate),
            open,
            says,
            missing,
            met,
            may_override,
            second_clinician: verdict.needs_second_clinician(),
            met_at: verdict
                .findings
                .iter()
                .filter_map(|finding| finding.met_at)
                .min()
                .map(|at| at.milliseconds()),
        }
    }
}

/// A gate in words.
pub const fn gate_says(gate: Gate) -> &'static str {
    match gate {
        Gate::AcceptForTreatment => "Acceptance for treatment",
        Gate::DayOfSession => "The day of the visit",
        Gate::StartInfusion => "Start of the infusion",
        Gate::Order => "Ordering",
        Gate::NextDose => "A further dose",
        Gate::RaiseRate => "Raising the rate",
        Gate::Discharge => "Leaving the clinic",
    }
}

/// A list of roles as a sentence ends with it.
pub fn roles_say(roles: &[Role]) -> String {
    match roles {
        [] => "nobody".to_owned(),
        [one] => role_says(*one).to_owned(),
        [rest @ .., last] => {
            let rest: Vec<_> = rest.iter().map(|role| role_says(*role)).collect();
            format!("{} or {}", rest.join(", "), role_says(*last))
        }
    }
}

fn line(finding: &Finding, clock: &ClockFace<'_>) -> FindingLine {
    let mut who = roles_say(&finding.may_be_overridden_by);
    if finding.second_clinician {
        who.push_str(", with a second clinician");
    }
    FindingLine {
        requirement: finding.requirement.clone(),
        outcome: match finding.outcome {
            Outcome::Met => "met",
            Outcome::Unmet => "unmet",
            Outcome::Unknown => "unknown",
        },
        says: finding.says.clone(),
        needed: finding.needed.clone(),
        found: finding.found.clone(),
        from_when: finding.met_at.map(|at| clock.when(at)),
        remedy: finding.remedy.clone(),
        who,
        caution_only: finding.severity <= Severity::Caution,
        policy: finding.policy.clone(),
        version: finding.version,
        source: finding.source.clone(),
    }
}

/// A start that waits for fasting and for an identity check.
pub fn sample() -> Verdict {
    use super::around::sample::NOW;
    use units::Span;
    let finding =
        |requirement: &str, policy: &str, outcome, says: &str, needed: &str, found: &str| Finding {
            requirement: requirement.to_owned(),
            policy: policy.to_owned(),
            version: 1,
            outcome,
            severity: Severity::HoldToday,
            says: says.to_owned(),
            needed: needed.to_owned(),
            found: found.to_owned(),
            met_at: None,
            remedy: "Ask what was eaten and when. Wait, or ask the prescriber.".to_owned(),
            may_be_overridden_by: vec![Role::Prescriber, Role::MedicalDirector],
            second_clinician: false,
            source: "ASA 2017: 6 h".to_owned(),
        };
    Verdict {
        gate: Gate::StartInfusion,
        at: NOW,
        findings: vec![
            Finding {
                met_at: Some(NOW + Span::from_minutes(28)),
                ..finding(
                    "fasting-light-meal",
                    "fasting",
                    Outcome::Unmet,
                    "At least 6 h have passed since a light meal, milk or formula.",
                    "6 h",
                    "5 h 32 min",
                )
            },
            Finding {
                may_be_overridden_by: Vec::new(),
                severity: Severity::Exclude,
                ..finding(
                    "identity-confirmed",
                    "time-out",
                    Outcome::Unknown,
                    "Two identifiers were read and confirmed in this room.",
                    "confirmed",
                    "not known",
                )
            },
            finding(
                "fasting-heavy-meal",
                "fasting",
                Outcome::Met,
                "At least 8 h have passed since fried or fatty food or meat.",
                "8 h",
                "none eaten",
            ),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::tz::TimeZone;

    fn panel(role: Role) -> GatePanel {
        let clock = ClockFace {
            zone: &TimeZone::UTC,
            now: super::super::around::sample::NOW,
        };
        GatePanel::of(&sample(), Some(role), &clock)
    }

    #[test]
    fn a_closed_gate_says_needed_found_from_when_and_who_may_override() {
        // Hazard: H24
        let panel = panel(Role::Nurse);
        assert!(!panel.open);
        let fasting = panel
            .missing
            .iter()
            .find(|line| line.policy == "fasting")
            .unwrap();
        assert_eq!(fasting.needed, "6 h");
        assert_eq!(fasting.found, "5 h 32 min");
        assert_eq!(fasting.from_when.as_deref(), Some("13:40"));
        assert_eq!(fasting.who, "prescriber or medical director");
    }

    #[test]
    fn what_nobody_may_override_is_offered_to_nobody() {
        // Hazard: H02
        assert!(!panel(Role::Prescriber).may_override);
        let identity = panel(Role::Prescriber)
            .missing
            .into_iter()
            .find(|line| line.policy == "time-out")
            .unwrap();
        assert_eq!(identity.who, "nobody");
        assert_eq!(identity.outcome, "unknown");
    }
}
