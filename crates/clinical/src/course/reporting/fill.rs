//! A form filled from the record: each field with its value and where that comes from, or missing
//! with what to do, or not known. Nothing is guessed, and nothing is stored.

use super::account::Account;
use super::definition::{Field, Form};
use super::source::Source;
use super::value::{Said, SaidOf, Value};
use crate::clinic::ProgrammeSetting;
use crate::course::screening::medicine::{Medicine, MedicineList, Use};
use crate::course::screening::person::Answer;
use crate::course::session::{Session, SessionEvent, Side, VitalSigns, form_pressures};
use crate::patient::{CivilDate, Enrolment, EnrolmentSaid, Registration, Sex};
use crate::record::Actor;
use std::collections::BTreeMap;
use units::{Milligrams, Moment};

/// The record, as far as forms are filled from it. What was not read is not known.
#[derive(Clone, Copy)]
pub struct Sources<'a> {
    /// The session.
    pub session: &'a Session,
    /// The day of the first device, in the clinic's zone.
    pub visit_on: Option<CivilDate>,
    /// Who the person is.
    pub person: Option<&'a Registration>,
    /// Whether they are enrolled.
    pub enrolment: Option<&'a EnrolmentSaid>,
    /// Their medicines, with the list of classes.
    pub medicines: Option<(&'a Answer<Vec<Medicine>>, &'a MedicineList)>,
    /// How the clinic names itself.
    pub setting: Option<&'a ProgrammeSetting>,
    /// The lots of what the ledger gave out for the session; none where nobody has looked.
    pub lots: Option<&'a [String]>,
    /// Adverse events of the session; none where nobody has looked.
    pub adverse: Option<&'a [Account]>,
    /// What people said of fields.
    pub said: &'a BTreeMap<String, SaidOf>,
    /// Writes a time.
    pub when: &'a dyn Fn(Moment) -> String,
}

/// How a field stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The record has it.
    Known {
        /// The value.
        value: Value,
        /// Where it comes from, in words.
        from: String,
    },
    /// A person says it.
    Said {
        /// The value.
        value: Value,
        /// Who.
        by: String,
        /// When.
        at: Moment,
        /// What the record has instead, where that is something else.
        otherwise: Option<Value>,
    },
    /// It cannot be obtained.
    Justified {
        /// Why.
        because: String,
        /// Who says so.
        by: String,
        /// When.
        at: Moment,
    },
    /// Nobody has it.
    Missing {
        /// What to do.
        obtain: String,
    },
    /// It was asked for, and is not known.
    NotKnown {
        /// Why, and what to do.
        says: String,
    },
    /// It is not asked here, or it may stay empty and does.
    NotAsked,
}

/// A field with how it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled<'a> {
    /// Which.
    pub field: &'a Field,
    /// How it stands.
    pub standing: Standing,
    /// What is unusual about the value, in words.
    pub warning: Option<String>,
}

impl Filled<'_> {
    /// True where the form is not complete because of it.
    pub const fn is_open(&self) -> bool {
        self.field.required
            && matches!(
                self.standing,
                Standing::Missing { .. } | Standing::NotKnown { .. }
            )
    }
}

/// The fields without which the form is not complete.
pub fn open<'a, 'b>(filled: &'a [Filled<'b>]) -> Vec<&'a Filled<'b>> {
    filled.iter().filter(|one| one.is_open()).collect()
}

/// Fills a form, field by field, in its order.
// Hazard: H67
pub fn fill<'a>(form: &'a Form, sources: &Sources<'_>) -> Vec<Filled<'a>> {
    let mut yes: BTreeMap<&str, bool> = BTreeMap::new();
    let mut all = Vec::new();
    for field in form.fields() {
        let asked = field
            .only_if
            .as_deref()
            .is_none_or(|condition| yes.get(condition) == Some(&true));
        let standing = if asked {
            standing(field, sources)
        } else {
            Standing::NotAsked
        };
        if let Some(Value::YesNo(answer)) = standing.value() {
            yes.insert(&field.id, *answer);
        }
        let warning = match (field.at_least, standing.value()) {
            (Some(least), Some(Value::Minutes(minutes))) if *minutes < least => {
                Some(format!("less than {least}\u{a0}min"))
            }
            _ => None,
        };
        all.push(Filled {
            field,
            standing,
            warning,
        });
    }
    all
}

/// What the record says of a field.
enum Found {
    Value(Value, String),
    Missing(String),
    NotKnown(String),
}

fn standing(field: &Field, sources: &Sources<'_>) -> Standing {
    let found = found(field, sources);
    // A serious event that stands in the record is one, whatever somebody said before it came.
    let is_fixed =
        field.from == Source::SeriousAny && matches!(&found, Found::Value(Value::YesNo(true), _));
    let said = sources.said.get(&field.id).filter(|_| !is_fixed);
    match (said, found) {
        (Some(of), found) if field.from.may_be_said() && matches!(of.said, Said::Value { .. }) => {
            let Said::Value { value } = &of.said else {
                return Standing::NotAsked;
            };
            let otherwise = match found {
                Found::Value(known, _) if known != *value => Some(known),
                Found::Value(..) | Found::Missing(_) | Found::NotKnown(_) => None,
            };
            Standing::Said {
                value: value.clone(),
                by: of.by.clone(),
                at: of.at,
                otherwise,
            }
        }
        (_, Found::Value(value, from)) => Standing::Known { value, from },
        (
            Some(SaidOf {
                said: Said::Justified { because },
                by,
                at,
            }),
            Found::Missing(_) | Found::NotKnown(_),
        ) => Standing::Justified {
            because: because.clone(),
            by: by.clone(),
            at: *at,
        },
        (_, Found::Missing(_)) if !field.required => Standing::NotAsked,
        (_, Found::Missing(obtain)) => Standing::Missing { obtain },
        (_, Found::NotKnown(says)) => Standing::NotKnown { says },
    }
}

fn found(field: &Field, sources: &Sources<'_>) -> Found {
    match field.from {
        Source::Said => Found::Missing("only somebody who was there knows it: say it here".into()),
        Source::PatientGivenName
        | Source::PatientFamilyName
        | Source::PatientBirthDate
        | Source::PatientSex => person(field.from, sources.person),
        Source::FirstTreatment => first_treatment(sources.session),
        Source::Enrolled => enrolled(sources),
        Source::Medicine(class) => takes(class, sources.medicines),
        Source::ObserverGivenName | Source::ObserverFamilyName => {
            observer(field.from, sources.session)
        }
        Source::ObserverTelephone
        | Source::ObserverEmail
        | Source::SettingName
        | Source::SettingAddressOne
        | Source::SettingAddressTwo
        | Source::SettingCity
        | Source::SettingState
        | Source::SettingPostalCode => setting(field.from, sources.setting),
        Source::SessionDay => sources.visit_on.map_or_else(
            || Found::Missing("no device was given".into()),
            |on| Found::Value(Value::Date(on), "the day of the first device".into()),
        ),
        Source::SessionDose => dose(sources.session),
        Source::SessionLots => match sources.lots {
            Some(lots) if !lots.is_empty() => Found::Value(
                Value::Text(lots.join(", ")),
                "the ledger of controlled drugs".into(),
            ),
            Some(_) | None => Found::Missing("the ledger gave out nothing for this session".into()),
        },
        Source::MinutesToComplete => minutes_to_complete(sources),
        Source::PressureBefore | Source::PressureAtMinute | Source::PressureAtEnd => {
            pressure(field.from, sources)
        }
        Source::Sedation | Source::SedationBegan | Source::SedationEnded => course(
            field.from,
            &sedation(sources.session),
            sources,
            ("responsiveness was not scored", "a score below 5"),
        ),
        Source::Dissociation | Source::DissociationBegan | Source::DissociationEnded => course(
            field.from,
            &dissociation(sources.session),
            sources,
            ("dissociation was not rated", "a rating above 0"),
        ),
        Source::RespiratoryDepression => Found::Missing(breathing_hint(sources)),
        Source::SeriousAny
        | Source::SeriousDescription
        | Source::SeriousCriteria
        | Source::SeriousBegan
        | Source::SeriousEnded
        | Source::SeriousOutcome
        | Source::SeriousRelatedness
        | Source::SeriousTreatment => serious(field.from, sources.adverse),
    }
}

fn text(words: &str, from: &str, missing: &str) -> Found {
    match words.trim() {
        "" => Found::Missing(missing.to_owned()),
        words => Found::Value(Value::Text(words.to_owned()), from.to_owned()),
    }
}

fn person(source: Source, person: Option<&Registration>) -> Found {
    let from = "the registration";
    let Some(person) = person else {
        return Found::Missing("this person is not registered".into());
    };
    match source {
        Source::PatientFamilyName => text(&person.family_name, from, "correct the registration"),
        Source::PatientBirthDate => Found::Value(Value::Date(person.birth_date), from.into()),
        Source::PatientSex => match person.sex {
            Sex::Female => Found::Value(Value::Word("female".into()), from.into()),
            Sex::Male => Found::Value(Value::Word("male".into()), from.into()),
            Sex::Other => Found::Value(Value::Word("other".into()), from.into()),
            Sex::Unknown => Found::NotKnown(
                "the registration says that it is not known: ask, and correct it under Details"
                    .into(),
            ),
        },
        _ => text(&person.given_name, from, "correct the registration"),
    }
}

fn first_treatment(session: &Session) -> Found {
    let known = session
        .order
        .as_ref()
        .and_then(|order| order.grounds.as_ref())
        .map(|grounds| grounds.earlier);
    match known {
        Some(0) => Found::Missing(
            "no earlier session with it stands here: ask whether there was one elsewhere, and say it"
                .into(),
        ),
        Some(earlier) => Found::Value(
            Value::YesNo(false),
            format!("the order: {earlier} sessions with it before"),
        ),
        None => {
            Found::Missing("the order does not say how many sessions came before: say it".into())
        }
    }
}

fn enrolled(sources: &Sources<'_>) -> Found {
    let missing = "nobody has said it: say it on the person’s page Programme";
    let (Some(said), Some(visit)) = (sources.enrolment, sources.visit_on) else {
        return Found::Missing(missing.into());
    };
    let from = format!("{} says so", said.by);
    match &said.enrolment {
        Enrolment::Enrolled { on } => Found::Value(Value::YesNo(*on <= visit), from),
        Enrolment::NotEnrolled { .. } | Enrolment::OutsideProgramme { .. } => {
            Found::Value(Value::YesNo(false), from)
        }
    }
}

fn takes(class: &str, medicines: Option<(&Answer<Vec<Medicine>>, &MedicineList)>) -> Found {
    let Some((answer, list)) = medicines else {
        return Found::Missing("the history was not read".into());
    };
    let told = match answer {
        Answer::NotAsked => {
            return Found::Missing("nobody has asked about medicines: ask, under History".into());
        }
        Answer::NotSure(_) => {
            return Found::NotKnown(
                "the person is not sure what they take: find out, or say it here".into(),
            );
        }
        Answer::Said(told, _) => told,
    };
    let current = || told.iter().filter(|one| one.status == Use::Current);
    let of_class: Vec<&str> = current()
        .filter(|one| list.classes_of(one).contains(&class))
        .map(|one| one.words.as_str())
        .collect();
    if !of_class.is_empty() {
        let from = format!("the history: {}", of_class.join(", "));
        return Found::Value(Value::YesNo(true), from);
    }
    let unjudged: Vec<&str> = current()
        .filter(|one| !list.knows(one))
        .map(|one| one.words.as_str())
        .collect();
    if !unjudged.is_empty() {
        return Found::NotKnown(format!(
            "no clinician has said yet what this is: {}",
            unjudged.join(", ")
        ));
    }
    Found::Value(
        Value::YesNo(false),
        "the history: none of this kind among the medicines".into(),
    )
}

/// Whoever had the room, or let the person go.
fn observer(source: Source, session: &Session) -> Found {
    let of_room = session.has_room().map(|(actor, _)| actor);
    let of_leaving = || {
        session.entries.iter().rev().find_map(|entry| {
            matches!(entry.event, SessionEvent::PatientDischarged { .. }).then_some(&entry.actor)
        })
    };
    let Some(Actor::Person { name, .. }) = of_room.or_else(of_leaving) else {
        return Found::Missing("the record does not say who watched: say it here".into());
    };
    let plain = name.trim().trim_start_matches("Dr ").trim();
    let from = format!("the record: {name} had the room; compare how it was divided");
    let (given, family) = plain.rsplit_once(' ').unwrap_or(("", plain));
    let part = match source {
        Source::ObserverGivenName => given,
        _ => family,
    };
    text(part, &from, "say it here")
}

fn setting(source: Source, setting: Option<&ProgrammeSetting>) -> Found {
    let missing = "say it under Programme, how the clinic names itself";
    let Some(setting) = setting else {
        return Found::Missing(missing.into());
    };
    let words = match source {
        Source::ObserverTelephone => &setting.telephone,
        Source::ObserverEmail => &setting.email,
        Source::SettingAddressOne => &setting.address_1,
        Source::SettingAddressTwo => &setting.address_2,
        Source::SettingCity => &setting.city,
        Source::SettingState => &setting.state,
        Source::SettingPostalCode => &setting.postal_code,
        _ => &setting.name,
    };
    text(words, "how the clinic names itself", missing)
}

fn dose(session: &Session) -> Found {
    let doses = session.doses();
    if doses.is_empty() {
        return Found::Missing("no device was given".into());
    }
    if session.delivery_is_uncertain() {
        return Found::NotKnown(
            "a device failed, and how much went in is not known: say why, with the number of devices"
                .into(),
        );
    }
    let sum = doses.iter().fold(Milligrams::ZERO.value(), |sum, dose| {
        sum + dose.amount.value()
    });
    match Milligrams::new(sum) {
        Ok(amount) => Found::Value(
            Value::Amount(amount),
            match doses.len() {
                1 => "1 device that was charted".to_owned(),
                count => format!("{count} devices that were charted"),
            },
        ),
        Err(_) => Found::NotKnown("the sum of the devices cannot be: look at the chart".into()),
    }
}

/// When the person left; none before.
fn left_at(session: &Session) -> Option<Moment> {
    session
        .entries
        .iter()
        .filter(|entry| {
            entry.standing().is_some()
                && matches!(entry.counted(), SessionEvent::PatientDischarged { .. })
        })
        .map(|entry| entry.occurred_at)
        .max()
}

fn minutes_to_complete(sources: &Sources<'_>) -> Found {
    let session = sources.session;
    let Some(first) = session.first_drug_at() else {
        return Found::Missing("no device was given".into());
    };
    match left_at(session) {
        Some(left) => Found::Value(
            Value::Minutes((left - first).minutes()),
            format!("{} to {}", (sources.when)(first), (sources.when)(left)),
        ),
        None => Found::Missing("the person has not left yet".into()),
    }
}

fn pressure(source: Source, sources: &Sources<'_>) -> Found {
    let Some(form) = form_pressures(sources.session) else {
        return Found::Missing("no device was given".into());
    };
    let (found, missing) = match source {
        Source::PressureBefore => (
            form.before,
            "no pressure stands before the first device: enter it from paper, or say why there is none"
                .to_owned(),
        ),
        Source::PressureAtMinute => (
            form.at_the_minute,
            missing_at_minute(sources.session, form.minute),
        ),
        _ => (
            form.latest
                .filter(|(at, _)| left_at(sources.session).is_none_or(|left| *at <= left)),
            "no later pressure stands before leaving: enter it from paper, or say why there is none"
                .to_owned(),
        ),
    };
    match found
        .as_ref()
        .and_then(|(at, values)| Some((at, of_pressure(values)?)))
    {
        Some((at, value)) => Found::Value(value, format!("charted at {}", (sources.when)(*at))),
        None => Found::Missing(missing),
    }
}

fn of_pressure(values: &VitalSigns) -> Option<Value> {
    Some(Value::Pressure {
        systolic: values.systolic?,
        diastolic: values.diastolic?,
    })
}

/// What to do where no reading lies close enough, with the nearest one that stands.
fn missing_at_minute(session: &Session, minute: i64) -> String {
    let nearest = session.first_drug_at().and_then(|first| {
        session
            .vital_signs()
            .into_iter()
            .filter(|(at, values)| values.systolic.is_some() && *at >= first)
            .map(|(at, _)| (at - first).minutes())
            .min_by_key(|after| (after - minute).abs())
    });
    let nearest = nearest.map_or_else(
        || "none stands after the first device".to_owned(),
        |after| format!("the nearest was taken after {after}\u{a0}min"),
    );
    format!(
        "no reading stands within 5\u{a0}min of minute {minute} ({nearest}): enter it from paper, or say why there is none"
    )
}

/// What was seen over time from the first device on: present or not, in order of time.
struct Course(Vec<(Moment, bool)>);

/// Source: clinical reference 4.4, responsiveness by MOAA/S: 5 answers readily, below is sedation.
fn sedation(session: &Session) -> Course {
    let mut seen: Vec<(Moment, bool)> = session
        .entries
        .iter()
        .filter_map(|entry| match &*entry.standing()? {
            SessionEvent::SedationScored { score } => Some((entry.occurred_at, score.points() < 5)),
            _other => None,
        })
        .collect();
    seen.sort_by_key(|(at, _)| *at);
    Course::from_first_drug(session, seen)
}

/// Source: clinical reference 4.5, the project's own rating from 0 (not at all) to 10.
fn dissociation(session: &Session) -> Course {
    let seen = session
        .ratings()
        .into_iter()
        .filter(|(_, side, _)| *side == Side::Dissociation)
        .map(|(at, _, rating)| (at, rating.points() > 0))
        .collect();
    Course::from_first_drug(session, seen)
}

impl Course {
    fn from_first_drug(session: &Session, mut seen: Vec<(Moment, bool)>) -> Self {
        let first = session.first_drug_at();
        seen.retain(|(at, _)| first.is_some_and(|first| *at >= first));
        Self(seen)
    }

    fn began(&self) -> Option<Moment> {
        self.0.iter().find(|(_, is)| *is).map(|(at, _)| *at)
    }

    /// The first look at which it was over, after the last at which it was there.
    fn ended(&self) -> Option<Moment> {
        let last = self.0.iter().rposition(|(_, is)| *is)?;
        self.0.get(last + 1).map(|(at, _)| *at)
    }
}

fn course(
    source: Source,
    course: &Course,
    sources: &Sources<'_>,
    (nothing, sign): (&str, &str),
) -> Found {
    let minutes = |at: Option<Moment>, missing: &str| {
        let first = sources.session.first_drug_at();
        match at.zip(first) {
            Some((at, first)) => Found::Value(
                Value::Minutes((at - first).minutes()),
                format!("charted at {}", (sources.when)(at)),
            ),
            None => Found::Missing(missing.to_owned()),
        }
    };
    match source {
        Source::SedationBegan | Source::DissociationBegan => {
            minutes(course.began(), "the chart does not say: say it here")
        }
        Source::SedationEnded | Source::DissociationEnded => minutes(
            course.ended(),
            "no look that found it over is charted: say it here",
        ),
        _ if course.0.is_empty() => Found::Missing(format!("{nothing}: say whether there was any")),
        _ => match course.began() {
            Some(at) => Found::Value(
                Value::YesNo(true),
                format!("{sign} at {}", (sources.when)(at)),
            ),
            None => Found::Value(
                Value::YesNo(false),
                format!("looked at {} times, never {sign}", course.0.len()),
            ),
        },
    }
}

/// No entry says by itself that breathing was depressed: a person says it, with this before them.
fn breathing_hint(sources: &Sources<'_>) -> String {
    let first = sources.session.first_drug_at();
    let lowest = sources
        .session
        .vital_signs()
        .into_iter()
        .filter(|(at, _)| first.is_some_and(|first| *at >= first))
        .filter_map(|(at, values)| Some((values.respiratory_rate?, at)))
        .min_by_key(|(rate, at)| (rate.value(), *at));
    let lowest = lowest.map_or_else(
        || "no breathing rate stands".to_owned(),
        |(rate, at)| format!("lowest breathing rate {rate} at {}", (sources.when)(at)),
    );
    format!("say whether there was any ({lowest})")
}

// Hazard: H67
fn serious(source: Source, adverse: Option<&[Account]>) -> Found {
    let serious: Vec<&Account> = adverse
        .unwrap_or_default()
        .iter()
        .filter(|one| one.struck.is_none() && one.is_serious())
        .collect();
    let from = || "the adverse events of this session".to_owned();
    let Some(first) = serious.first() else {
        return Found::Missing(
            "no serious adverse event stands in the record: say whether there was one".into(),
        );
    };
    let words = |part: &dyn Fn(&Account) -> String| {
        let all: Vec<String> = serious.iter().map(|one| part(one)).collect();
        text(
            &all.join(" / "),
            &from(),
            "say it on the adverse event’s page",
        )
    };
    match source {
        Source::SeriousAny => Found::Value(Value::YesNo(true), from()),
        Source::SeriousDescription => words(&|one| one.noted.description.clone()),
        Source::SeriousCriteria => words(&Account::criteria_say),
        Source::SeriousOutcome => words(&|one| one.noted.outcome.says().to_owned()),
        Source::SeriousRelatedness => words(&|one| one.noted.relatedness.says().to_owned()),
        Source::SeriousBegan => Found::Value(Value::Moment(first.noted.began_at), from()),
        Source::SeriousEnded => match serious.iter().map(|one| one.noted.ended_at).max() {
            Some(Some(at)) if serious.iter().all(|one| one.noted.ended_at.is_some()) => {
                Found::Value(Value::Moment(at), from())
            }
            _ => Found::NotKnown("it goes on, or nobody knows: say which, as the reason".into()),
        },
        _ if serious
            .iter()
            .any(|one| one.noted.treatment.trim().is_empty()) =>
        {
            Found::Missing("say what was done, here or on the adverse event’s page".into())
        }
        _ => words(&|one| one.noted.treatment.clone()),
    }
}
