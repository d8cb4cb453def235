//! Whether a prescriber's acceptance holds for a visit: the rules asked once more, at once.

use super::person::{Person, Visit};
use super::rules::ScreeningRules;
use super::screen::screen;
use super::state::{Acceptance, Decided};
use super::verdict::{Cleared, Found, Screening};
use crate::patient::CivilDate;
use crate::policy::{Gate, Outcome};
use units::Moment;

/// How an acceptance stands for one visit, for the gate that guards its start.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Met: accepted, and nothing has come up since that blocks. Unmet: declined, another
    /// treatment than was accepted, or something blocks. Unknown: nobody has decided, or a
    /// question that could block has no answer.
    pub outcome: Outcome,
    /// In one sentence.
    pub says: String,
    /// What would change it; empty when met.
    pub remedy: String,
    /// The requirement that stands against it, where one does.
    pub requirement: Option<String>,
    /// The last day of the letter that ends first, while letters lift rules.
    pub until: Option<CivilDate>,
    /// The whole answer for this visit; `None` where nobody has decided yet.
    pub screening: Option<Box<Screening>>,
}

/// Asks whether an acceptance holds for a visit.
///
/// The rules of now are asked about the person of now on the day of the visit, so that an expired
/// letter, a changed minimum age or a new answer blocks although nobody has asked since. Only
/// what the prescriber passed over, and what may still be passed over, is let through.
pub fn standing(
    acceptance: &Acceptance,
    person: &Person,
    visit: &Visit,
    rules: &ScreeningRules,
    at: Moment,
) -> Standing {
    let (seen, passed) = match (&acceptance.latest, &acceptance.decided) {
        (_, Some(Decided::Declined { reason })) => {
            return Standing {
                outcome: Outcome::Unmet,
                says: format!("A prescriber decided against treatment: {reason}"),
                remedy: "Only a prescriber can decide anew, after reading the history.".to_owned(),
                requirement: None,
                until: None,
                screening: None,
            };
        }
        (Some(seen), Some(Decided::Confirmed { passed })) => (seen, passed),
        (None, _) | (Some(_), None) => {
            return Standing {
                outcome: Outcome::Unknown,
                says: "No prescriber has accepted this person for treatment yet.".to_owned(),
                remedy: "A prescriber reads the history and confirms or declines.".to_owned(),
                requirement: None,
                until: None,
                screening: None,
            };
        }
    };
    let accepted = seen.visit;
    if (accepted.product, accepted.route) != (visit.product, visit.route) {
        return Standing {
            outcome: Outcome::Unmet,
            says: format!(
                "Accepted for {} {}; this visit plans {} {}.",
                accepted.product.says(),
                accepted.route.says(),
                visit.product.says(),
                visit.route.says()
            ),
            remedy: "Screen again for the planned product and route; a prescriber confirms."
                .to_owned(),
            requirement: None,
            until: None,
            screening: None,
        };
    }
    // Hazard: H24
    let now = screen(person, visit, Gate::AcceptForTreatment, rules, at);
    let against = now.blocking().find(|found| {
        let was_passed = passed
            .iter()
            .any(|one| one.requirement == found.rule.requirement);
        !(found.may_be_passed() && was_passed)
    });
    match against {
        Some(found) => Standing {
            outcome: found.outcome,
            says: against_it(found),
            remedy: found.rule.remedy.clone(),
            requirement: Some(found.rule.requirement.clone()),
            until: None,
            screening: Some(Box::new(now)),
        },
        None => {
            let until = first_end(&now);
            Standing {
                outcome: Outcome::Met,
                says: until.map_or_else(
                    || "Accepted for treatment, and nothing stands against it today.".to_owned(),
                    |until| format!("Accepted for treatment; a letter holds until {until}."),
                ),
                remedy: String::new(),
                requirement: None,
                until,
                screening: Some(Box::new(now)),
            }
        }
    }
}

/// What stands against it, in one sentence that begins with the rule.
fn against_it(found: &Found) -> String {
    let rule = found.rule.short();
    let why = match &found.cleared {
        Cleared::Expired { held_until, .. } => format!("the letter held until {held_until}"),
        Cleared::NotAccepted { dated } => {
            format!("the letter of {dated} waits for a prescriber")
        }
        Cleared::FromAnother { from } => format!("the letter is from {from}, who cannot lift it"),
        Cleared::Missing => format!("{}; the letter is missing", found.found),
        Cleared::NotNeeded | Cleared::Holds { .. } => found.found.clone(),
    };
    format!("{rule}: {} Found: {why}.", found.rule.says)
}

/// The last day of the letter that ends first.
pub fn first_end(screening: &Screening) -> Option<CivilDate> {
    screening
        .open
        .iter()
        .filter_map(|found| match &found.cleared {
            Cleared::Holds { until, .. } => Some(*until),
            Cleared::NotNeeded
            | Cleared::Missing
            | Cleared::NotAccepted { .. }
            | Cleared::FromAnother { .. }
            | Cleared::Expired { .. } => None,
        })
        .min()
}
