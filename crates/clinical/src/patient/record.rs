//! The patient's own stream: registration, allergies, body weight.

use super::{CivilDate, Contacts, Enrolment, EnrolmentSaid, MergeProposal, Merged, age_in_years};
use crate::record::{Folded, Header, PatientId, Recorded, StreamKind};
use serde::{Deserialize, Serialize};
use std::fmt;
use units::{Kilograms, Moment};

/// What became true about a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
pub enum PatientEvent {
    /// A person came onto the clinic's books, or their registration was corrected: the newest
    /// one holds, the earlier ones stay in the record.
    PatientRegistered {
        /// Who.
        patient: PatientId,
        /// The clinic's own number for this person.
        record_number: String,
        /// Family name.
        family_name: String,
        /// Given name or names.
        given_name: String,
        /// Date of birth.
        birth_date: CivilDate,
        /// Administrative sex.
        sex: Sex,
    },
    /// Somebody asked about allergies, or says that nobody has.
    AllergiesRecorded {
        /// What is known.
        allergies: Allergies,
        /// When it was asked.
        at: Moment,
        /// Who asked.
        by: String,
    },
    /// The person was weighed.
    BodyWeightMeasured {
        /// The weight.
        kilograms: Kilograms,
        /// When.
        at: Moment,
        /// Who weighed.
        by: String,
    },
    /// Somebody said how the person is reached; the newest one holds.
    ContactsRecorded {
        /// How.
        contacts: Contacts,
        /// When it was said.
        at: Moment,
        /// Who wrote it down.
        by: String,
    },
    /// Somebody said whether the person is enrolled in the safety programme; the newest one holds.
    EnrolmentSaid {
        /// How it stands.
        enrolment: Enrolment,
        /// When it was said.
        at: Moment,
        /// Who said it.
        by: String,
    },
    /// At registration others seemed to be the same person; somebody looked, and they are not.
    ToldApart {
        /// The others.
        from: Vec<PatientId>,
        /// When.
        at: Moment,
        /// Who looked.
        by: String,
    },
    /// Somebody takes two records for one person; it stands in both.
    MergeProposed {
        /// Which, who and why.
        proposal: MergeProposal,
    },
    /// They are two people; it stands in both records.
    MergeDeclined {
        /// The record that would have led to the other one.
        from: PatientId,
        /// The record that would have stayed.
        into: PatientId,
        /// Why.
        reason: String,
        /// When.
        at: Moment,
        /// Who decided.
        by: String,
    },
    /// Two records are one person; it stands in both, and neither is rewritten.
    PatientMerged {
        /// The record that leads to the other one from now on.
        from: PatientId,
        /// The record that stays.
        into: PatientId,
        /// When.
        at: Moment,
        /// Who confirmed it.
        by: String,
    },
    /// They were not one person; each record stands by itself again.
    MergeUndone {
        /// The record that led to the other one.
        from: PatientId,
        /// The record that stayed.
        into: PatientId,
        /// Why.
        reason: String,
        /// When.
        at: Moment,
        /// Who undid it.
        by: String,
    },
}

/// Administrative sex, as the registration says it. Unknown is a value of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Neither of the two.
    Other,
    /// Not known.
    Unknown,
}

/// One allergy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allergy {
    /// To what, in the words of the record.
    pub substance: String,
    /// What happened; `None` when nobody knows.
    pub reaction: Option<String>,
}

/// What is known of allergies. "Not asked" and "none known" never look alike.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "known", content = "list", rename_all = "kebab-case")]
pub enum Allergies {
    /// Nobody has asked.
    #[default]
    NotAsked,
    /// Asked, and the person is not sure.
    NotSure,
    /// Asked, and none is known.
    NoneKnown,
    /// Asked, and these are known.
    List(Vec<Allergy>),
}

impl Allergies {
    /// What two askings of one person say together: what either names, counts.
    pub(crate) fn together_with(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::List(one), Self::List(more)) => {
                let mut all = one.clone();
                all.extend(more.iter().filter(|known| !one.contains(known)).cloned());
                Self::List(all)
            }
            (Self::List(one), Self::NotAsked | Self::NotSure | Self::NoneKnown)
            | (Self::NotAsked | Self::NotSure | Self::NoneKnown, Self::List(one)) => {
                Self::List(one.clone())
            }
            // Doubt of one counts more than the other's "none".
            (Self::NotSure, Self::NotAsked | Self::NotSure | Self::NoneKnown)
            | (Self::NotAsked | Self::NoneKnown, Self::NotSure) => Self::NotSure,
            (Self::NoneKnown, Self::NotAsked | Self::NoneKnown)
            | (Self::NotAsked, Self::NoneKnown) => Self::NoneKnown,
            (Self::NotAsked, Self::NotAsked) => Self::NotAsked,
        }
    }
}

impl fmt::Display for Allergies {
    /// The words of the patient banner.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAsked => f.write_str("Allergies: not asked"),
            Self::NotSure => f.write_str("Allergies: asked, the person is not sure"),
            Self::NoneKnown => f.write_str("No known allergies"),
            Self::List(list) if list.is_empty() => f.write_str("Allergies: recorded, none named"),
            Self::List(list) => {
                let names: Vec<String> = list
                    .iter()
                    .map(|allergy| match &allergy.reaction {
                        Some(reaction) => format!("{} ({reaction})", allergy.substance),
                        None => allergy.substance.clone(),
                    })
                    .collect();
                write!(f, "Allergies: {}", names.join(", "))
            }
        }
    }
}

/// Who a person is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// Who.
    pub patient: PatientId,
    /// The clinic's own number for this person.
    pub record_number: String,
    /// Family name.
    pub family_name: String,
    /// Given name or names.
    pub given_name: String,
    /// Date of birth.
    pub birth_date: CivilDate,
    /// Administrative sex.
    pub sex: Sex,
}

/// A weight and when it was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BodyWeight {
    /// The weight.
    pub kilograms: Kilograms,
    /// When.
    pub at: Moment,
    /// Who weighed.
    pub by: String,
}

/// A person, folded from their stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patient {
    /// Who they are; `None` before registration.
    pub registration: Option<Registration>,
    /// What is known of allergies, by the newest asking.
    pub allergies: Allergies,
    /// When allergies were asked last.
    pub allergies_at: Option<Moment>,
    /// Every weighing, in the order of measuring.
    pub weights: Vec<BodyWeight>,
    /// How they are reached, by the newest saying; `None` when nobody has said it.
    pub contacts: Option<Contacts>,
    /// When that was said.
    pub contacts_at: Option<Moment>,
    /// Everything that was said of their enrolment in the safety programme, the newest last.
    pub enrolments: Vec<EnrolmentSaid>,
    /// Others with whom this person was confused, and is not.
    pub told_apart: Vec<PatientId>,
    /// A proposal to merge this record with another that waits for an answer.
    pub merge_proposed: Option<MergeProposal>,
    /// The record that this one leads to.
    pub merged: Option<Merged>,
    /// The records that lead to this one.
    pub took_in: Vec<Merged>,
}

impl Recorded for PatientEvent {
    const SCHEMA_VERSION: u16 = 1;
    fn name(&self) -> &'static str {
        match self {
            Self::PatientRegistered { .. } => "PatientRegistered",
            Self::AllergiesRecorded { .. } => "AllergiesRecorded",
            Self::BodyWeightMeasured { .. } => "BodyWeightMeasured",
            Self::ContactsRecorded { .. } => "ContactsRecorded",
            Self::EnrolmentSaid { .. } => "EnrolmentSaid",
            Self::ToldApart { .. } => "ToldApart",
            Self::MergeProposed { .. } => "MergeProposed",
            Self::MergeDeclined { .. } => "MergeDeclined",
            Self::PatientMerged { .. } => "PatientMerged",
            Self::MergeUndone { .. } => "MergeUndone",
        }
    }
}

impl Folded for Patient {
    type Event = PatientEvent;
    const KIND: StreamKind = StreamKind::Patient;
    fn take(&mut self, _header: &Header, event: &PatientEvent) {
        self.apply(event);
    }
}

impl Patient {
    /// Folds a stream from its beginning.
    pub fn fold<'a>(events: impl IntoIterator<Item = &'a PatientEvent>) -> Self {
        let mut patient = Self::default();
        events.into_iter().for_each(|event| patient.apply(event));
        patient
    }

    /// Administrative sex as it is registered; not known before registration.
    pub fn sex(&self) -> Sex {
        let registered = self.registration.as_ref();
        registered.map_or(Sex::Unknown, |known| known.sex)
    }

    /// Takes in one event; never fails.
    pub fn apply(&mut self, event: &PatientEvent) {
        match event {
            PatientEvent::PatientRegistered {
                patient,
                record_number,
                family_name,
                given_name,
                birth_date,
                sex,
            } => {
                self.registration = Some(Registration {
                    patient: *patient,
                    record_number: record_number.clone(),
                    family_name: family_name.clone(),
                    given_name: given_name.clone(),
                    birth_date: *birth_date,
                    sex: *sex,
                });
            }
            PatientEvent::AllergiesRecorded {
                allergies,
                at,
                by: _,
            } => {
                // Entries may arrive late from a tablet: the newest asking holds, not the
                // newest arrival.
                if self.allergies_at.is_none_or(|known| *at >= known) {
                    self.allergies = allergies.clone();
                    self.allergies_at = Some(*at);
                }
            }
            PatientEvent::BodyWeightMeasured { kilograms, at, by } => {
                let weight = BodyWeight {
                    kilograms: *kilograms,
                    at: *at,
                    by: by.clone(),
                };
                let place = self.weights.partition_point(|known| known.at <= weight.at);
                self.weights.insert(place, weight);
            }
            PatientEvent::ContactsRecorded {
                contacts,
                at,
                by: _,
            } => {
                if self.contacts_at.is_none_or(|known| *at >= known) {
                    self.contacts = Some(contacts.clone());
                    self.contacts_at = Some(*at);
                }
            }
            PatientEvent::EnrolmentSaid { enrolment, at, by } => {
                self.enrolments.push(EnrolmentSaid {
                    enrolment: enrolment.clone(),
                    at: *at,
                    by: by.clone(),
                });
                self.enrolments.sort_by_key(|said| said.at);
            }
            PatientEvent::ToldApart { from, at: _, by: _ } => self.told_apart.extend(from),
            PatientEvent::MergeProposed { proposal } => {
                self.merge_proposed = Some(proposal.clone());
            }
            PatientEvent::MergeDeclined {
                from,
                into,
                reason: _,
                at: _,
                by: _,
            } => {
                self.merge_proposed = None;
                self.told_apart
                    .push(if self.is(*from) { *into } else { *from });
            }
            PatientEvent::PatientMerged { from, into, at, by } => {
                self.merge_proposed = None;
                let merged = Merged {
                    from: *from,
                    into: *into,
                    by: by.clone(),
                    at: *at,
                };
                if self.is(*from) {
                    self.merged = Some(merged);
                } else {
                    self.took_in.push(merged);
                }
            }
            PatientEvent::MergeUndone {
                from,
                into,
                reason: _,
                at: _,
                by: _,
            } => {
                if self.is(*from) {
                    self.merged = None;
                    self.told_apart.push(*into);
                } else {
                    self.took_in.retain(|merged| merged.from != *from);
                    self.told_apart.push(*from);
                }
            }
        }
    }

    /// True when this is that person's own record.
    fn is(&self, id: PatientId) -> bool {
        let registration = self.registration.as_ref();
        registration.is_some_and(|registration| registration.patient == id)
    }

    /// What a record that leads to this one knows counts here too, for as long as it leads here:
    /// an allergy that stands in either is an allergy of the person.
    ///
    /// Who they are and how they are reached stays as this record says.
    // Hazard: H24
    pub fn with_record_of(mut self, other: &Self) -> Self {
        self.allergies = self.allergies.together_with(&other.allergies);
        self.allergies_at = self.allergies_at.max(other.allergies_at);
        self.weights.extend(other.weights.iter().cloned());
        self.weights.sort_by_key(|weight| weight.at);
        // What this record says comes after what the other said at the same moment: it is the newer.
        let own = std::mem::take(&mut self.enrolments);
        self.enrolments = other.enrolments.iter().cloned().chain(own).collect();
        self.enrolments.sort_by_key(|said| said.at);
        self
    }

    /// Whether they are enrolled in the safety programme, by the newest saying; none when nobody has
    /// said it.
    pub fn enrolment(&self) -> Option<&EnrolmentSaid> {
        self.enrolments.last()
    }

    /// The newest weight.
    pub fn body_weight(&self) -> Option<&BodyWeight> {
        self.weights.last()
    }

    /// The last weight at a moment; none where nobody had weighed them by then.
    pub fn body_weight_at(&self, at: Moment) -> Option<&BodyWeight> {
        self.weights.iter().rev().find(|weight| weight.at <= at)
    }

    /// Completed years on a day, if registered and born by then.
    pub fn age(&self, today: CivilDate) -> Option<u16> {
        age_in_years(self.registration.as_ref()?.birth_date, today)
    }

    /// `MORENO, Ana`: family name first, as the banner shows it.
    pub fn banner_name(&self) -> Option<String> {
        let who = self.registration.as_ref()?;
        Some(format!(
            "{}, {}",
            who.family_name.to_uppercase(),
            who.given_name
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    fn at(minute: i64) -> Moment {
        Moment::from_microseconds(minute * 60_000_000)
    }

    #[test]
    fn a_person_nobody_asked_is_not_a_person_without_allergies() {
        // Hazard: H24
        let nobody_asked = Patient::default();
        let mut asked = Patient::default();
        asked.apply(&PatientEvent::AllergiesRecorded {
            allergies: Allergies::NoneKnown,
            at: at(1),
            by: "Nurse".into(),
        });
        assert_eq!(nobody_asked.allergies.to_string(), "Allergies: not asked");
        assert_eq!(asked.allergies.to_string(), "No known allergies");
    }

    #[test]
    fn an_allergy_answer_that_arrives_late_does_not_replace_a_newer_one() {
        // Hazard: H23
        let penicillin = Allergy {
            substance: "penicillin".into(),
            reaction: Some("rash".into()),
        };
        let newer = PatientEvent::AllergiesRecorded {
            allergies: Allergies::List(vec![penicillin]),
            at: at(5),
            by: "Nurse".into(),
        };
        let older = PatientEvent::AllergiesRecorded {
            allergies: Allergies::NoneKnown,
            at: at(1),
            by: "Desk".into(),
        };
        let patient = Patient::fold([&newer, &older]);
        assert_eq!(
            patient.allergies.to_string(),
            "Allergies: penicillin (rash)"
        );
    }

    #[test]
    fn the_newest_weight_is_the_one_measured_last_in_any_order_of_arrival() {
        // Hazard: H23
        let weighed = |kilograms: i64, minute| PatientEvent::BodyWeightMeasured {
            kilograms: Kilograms::new(kilograms.into()).unwrap(),
            at: at(minute),
            by: "Nurse".into(),
        };
        let patient = Patient::fold([&weighed(72, 10), &weighed(80, 2)]);
        assert_eq!(
            patient.body_weight().unwrap().kilograms.to_string(),
            "72\u{a0}kg"
        );
    }

    #[test]
    fn every_event_is_read_back_as_it_was_written() {
        let events = [
            PatientEvent::PatientRegistered {
                patient: PatientId(Uuid::from_u128(4)),
                record_number: "0042-118".into(),
                family_name: "Moreno".into(),
                given_name: "Ana".into(),
                birth_date: "1984-03-02".parse().unwrap(),
                sex: Sex::Unknown,
            },
            PatientEvent::AllergiesRecorded {
                allergies: Allergies::List(vec![]),
                at: at(0),
                by: "Nurse".into(),
            },
            PatientEvent::AllergiesRecorded {
                allergies: Allergies::NotAsked,
                at: at(0),
                by: "Nurse".into(),
            },
            PatientEvent::BodyWeightMeasured {
                kilograms: Kilograms::new(72.into()).unwrap(),
                at: at(0),
                by: "Nurse".into(),
            },
            PatientEvent::ContactsRecorded {
                contacts: Contacts::unknown(crate::leaflet::Language::Spanish),
                at: at(0),
                by: "Front desk".into(),
            },
            PatientEvent::EnrolmentSaid {
                enrolment: Enrolment::Enrolled {
                    on: "2026-11-03".parse().unwrap(),
                },
                at: at(0),
                by: "Nurse".into(),
            },
            PatientEvent::ToldApart {
                from: vec![PatientId(Uuid::from_u128(5))],
                at: at(0),
                by: "Front desk".into(),
            },
            PatientEvent::MergeProposed {
                proposal: MergeProposal {
                    from: PatientId(Uuid::from_u128(4)),
                    into: PatientId(Uuid::from_u128(5)),
                    reason: "registered twice".into(),
                    by: crate::record::StaffId(Uuid::from_u128(6)),
                    name: "Front desk".into(),
                    at: at(0),
                },
            },
            PatientEvent::MergeDeclined {
                from: PatientId(Uuid::from_u128(4)),
                into: PatientId(Uuid::from_u128(5)),
                reason: "twins".into(),
                at: at(0),
                by: "Nurse".into(),
            },
            PatientEvent::PatientMerged {
                from: PatientId(Uuid::from_u128(4)),
                into: PatientId(Uuid::from_u128(5)),
                at: at(0),
                by: "Nurse".into(),
            },
            PatientEvent::MergeUndone {
                from: PatientId(Uuid::from_u128(4)),
                into: PatientId(Uuid::from_u128(5)),
                reason: "twins".into(),
                at: at(0),
                by: "Nurse".into(),
            },
        ];
        for event in events {
            let body = serde_json::to_vec(&event).unwrap();
            assert_eq!(
                PatientEvent::read_body(1, event.name(), 1, &body),
                Ok(event)
            );
        }
    }
}
