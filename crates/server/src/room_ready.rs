//! What must be ready around a person when the first drug is given, put together from the parts of
//! the record that know it.

use crate::application::Application;
use crate::fault::Fault;
use crate::{book, escort, ledger, preparation, reporting};
use clinical::clinic::equipment_paper;
use clinical::course::escort::{EscortAsks, cannot_come, heard};
use clinical::course::preparation::{About, Check, Preparation, Standing, checks};
use clinical::course::session::{DayLine, Paper, RoomPapers, Session, signal, start};
use clinical::policy::{Outcome, Rules};
use units::Moment;

/// Checks of the preparation that the start asks for by other requirements.
const ASKED_ELSEWHERE: [About; 2] = [About::FoodAndDrink, About::WayHome];

/// How everything stands for the start of this session, asked now.
// Hazard: H25
pub async fn papers(
    application: &Application,
    session: &Session,
    prepared: &Preparation,
    now: Moment,
) -> Result<RoomPapers, Fault> {
    let rules = application.rules_of(session)?;
    let asks = escort::of(application, session.id).await?.state;
    let (readiness, escort) = preparation(application, session, (prepared, &asks), &rules, now)?;
    let (drug_issued, drug_checked) = drug(application, session).await?;
    let clinic = application.clinic();
    let holds = rules
        .value(start::POLICY, "equipment_age")
        .and_then(clinical::policy::Quantity::span);
    Ok(RoomPapers {
        readiness,
        escort,
        drug_issued,
        drug_checked,
        equipment: equipment_paper(
            application.equipment(),
            clinic.equipment.get(clinic.room_of(&session.room)),
            holds,
            now,
            book::date_of(&application.zone, now)?,
        ),
        staff: start::staff_in_room(session, &rules),
        prescriber: start::prescriber_in_house(session),
        sound: start::sound(session),
        signal: signal::paper(session, application.signals.heard(session.id), &rules, now),
        enrolment: reporting::enrolment_paper(application, session, now).await?,
    })
}

/// What the person prepared, with what was asked in the room; and who takes them home.
fn preparation(
    application: &Application,
    session: &Session,
    (prepared, asks): (&Preparation, &EscortAsks),
    rules: &Rules,
    now: Moment,
) -> Result<(Paper, Paper), Fault> {
    let named = session.escort.as_deref();
    let named = cannot_come(asks, named).map_or_else(
        || start::escort(named),
        |says| Paper {
            outcome: Outcome::Unmet,
            says,
        },
    );
    let asked = session.checks.day_asked.as_ref();
    let asked = asked.map_or(&[][..], |(lines, _)| lines.as_slice());
    let Some(planned) = prepared.planned else {
        // Planned straight into the room: nobody has asked but whoever stands here.
        return Ok((walked_in(asked), named));
    };
    let in_force = application.in_force();
    let day = preparation::day_of(application, planned.starts)?;
    let all = checks(prepared, &in_force.preparation, rules, day, now);
    let way_home = all.iter().find(|check| check.about == About::WayHome);
    let escort = way_home
        .map(|check| {
            let asked_for = prepared.answers.escort.as_known();
            heard(check.clone(), asked_for, asks, planned.starts)
        })
        .filter(|check| check.standing == Standing::Met)
        .map_or(named, |check| met(&check.says));
    let asked_here: Vec<&Check> = all
        .iter()
        .filter(|check| !ASKED_ELSEWHERE.contains(&check.about))
        .collect();
    Ok((ready(&asked_here, asked), escort))
}

/// Where nobody prepared for it, all that is asked on the day was asked in the room, or it is open.
// Hazard: H24
fn walked_in(asked: &[DayLine]) -> Paper {
    if asked.is_empty() {
        return unknown("nobody prepared for it, and nothing was asked today");
    }
    match DayLine::ALL.iter().find(|line| !asked.contains(line)) {
        Some(line) => unknown(&format!("not asked today: {}", line.says())),
        None => met("nobody prepared for it; what is asked today was asked in the room"),
    }
}

/// Which questions of the room answer a check; what has none is not known by asking there.
// Hazard: H24
const fn answered_by(about: About) -> &'static [DayLine] {
    match about {
        About::Alcohol | About::Cannabis => &[DayLine::NothingTaken],
        About::Medicines => &[DayLine::MedicinesDecided, DayLine::MedicinesAsAgreed],
        About::Health => &[
            DayLine::WellToday,
            DayLine::NothingNew,
            DayLine::NotPregnant,
            DayLine::NothingTaken,
            DayLine::PassingWater,
        ],
        About::Safety => &[DayLine::Safe],
        About::FoodAndDrink
        | About::WayHome
        | About::Preparation
        | About::Acceptance
        | About::Consent
        | About::Booking
        | About::Order
        | About::Weight => &[],
    }
}

/// What stands in the way stays in the way whatever is asked later; what nobody knew is known once
/// it was asked in the room.
// Hazard: H24
fn ready(checks: &[&Check], asked_in_room: &[DayLine]) -> Paper {
    let stops = checks
        .iter()
        .find(|check| matches!(check.standing, Standing::Stop | Standing::Wait(_)));
    if let Some(stops) = stops {
        return Paper {
            outcome: Outcome::Unmet,
            says: format!("{}: {}", stops.about.says(), stops.says),
        };
    }
    let not_known: Vec<&&Check> = checks
        .iter()
        .filter(|check| check.standing == Standing::NotKnown)
        .collect();
    let open = not_known.iter().find(|check| {
        let lines = answered_by(check.about);
        lines.is_empty() || lines.iter().any(|line| !asked_in_room.contains(line))
    });
    match open {
        Some(check) => unknown(&format!("{}: {}", check.about.says(), check.says)),
        None if not_known.is_empty() => met("prepared"),
        None => met("prepared; the rest was asked in the room"),
    }
}

/// Whether the ledger gave out what is about to be given, and whether a second person checked it.
// Hazard: H37
async fn drug(application: &Application, session: &Session) -> Result<(Paper, Paper), Fault> {
    let drawn = ledger::syringes_of(application, session).await?;
    let open: Vec<_> = drawn.iter().filter(|one| one.state == "open").collect();
    if open.is_empty() {
        let says = if drawn.is_empty() {
            "nothing was drawn for this session"
        } else {
            "what was drawn is accounted for; nothing is left to give"
        };
        return Ok((unmet(says), unmet(says)));
    }
    let marks: Vec<&str> = open.iter().map(|one| one.row.mark.as_str()).collect();
    let issued = met(&format!("drawn from {}", marks.join(", ")));
    let unchecked: Vec<&str> = open
        .iter()
        .filter(|one| one.row.checked_by.is_none())
        .map(|one| one.row.mark.as_str())
        .collect();
    let checked = if unchecked.is_empty() {
        let by = open.iter().filter_map(|one| one.row.checked_by.as_deref());
        met(&format!("by {}", by.collect::<Vec<_>>().join(", ")))
    } else {
        unmet(&format!("not checked: {}", unchecked.join(", ")))
    };
    Ok((issued, checked))
}

fn met(says: &str) -> Paper {
    Paper {
        outcome: Outcome::Met,
        says: says.to_owned(),
    }
}

fn unmet(says: &str) -> Paper {
    Paper {
        outcome: Outcome::Unmet,
        says: says.to_owned(),
    }
}

fn unknown(says: &str) -> Paper {
    Paper {
        outcome: Outcome::Unknown,
        says: says.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical::course::preparation::Fixer;

    fn check(about: About, standing: Standing) -> Check {
        Check::open(about, standing, "", "", Fixer::Nurse)
    }

    fn outcome(check: &Check, asked: &[DayLine]) -> Outcome {
        ready(&[check], asked).outcome
    }

    #[test]
    fn only_what_was_asked_in_the_room_is_known_by_it() {
        // Hazard: H24
        let known = [
            (About::Alcohol, true),
            (About::Cannabis, true),
            (About::Medicines, true),
            (About::Health, true),
            (About::Safety, true),
            (About::Preparation, false),
        ];
        for (about, answered) in known {
            let open = check(about, Standing::NotKnown);
            assert_eq!(outcome(&open, &[]), Outcome::Unknown, "{about:?}");
            let met = outcome(&open, &DayLine::ALL) == Outcome::Met;
            assert_eq!(met, answered, "{about:?}");
            let stops = check(about, Standing::Stop);
            assert_eq!(outcome(&stops, &DayLine::ALL), Outcome::Unmet, "{about:?}");
        }
    }

    #[test]
    fn a_record_that_did_not_ask_about_a_line_leaves_it_open() {
        // Hazard: H24. The questions as they were before there were these two.
        let new = [DayLine::MedicinesDecided, DayLine::PassingWater];
        let mut before = DayLine::ALL.to_vec();
        before.retain(|line| !new.contains(line));
        for about in [About::Medicines, About::Health] {
            let open = check(about, Standing::NotKnown);
            assert_eq!(outcome(&open, &before), Outcome::Unknown, "{about:?}");
        }
        let alcohol = check(About::Alcohol, Standing::NotKnown);
        assert_eq!(outcome(&alcohol, &before), Outcome::Met);
        assert_eq!(walked_in(&before).outcome, Outcome::Unknown);
        assert_eq!(walked_in(&DayLine::ALL).outcome, Outcome::Met);
        assert_eq!(walked_in(&[]).outcome, Outcome::Unknown);
    }
}
