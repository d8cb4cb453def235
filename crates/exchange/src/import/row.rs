//! One row, read field by field: what it tells, and what of it does not fit.

use super::finding::{Finding, Problem};
use super::mapping::{Field, Mapping, Table, plain};
use super::plan::{From, PlannedAllergy, PlannedMedicine, PlannedPerson, PlannedScore};
use super::sheet::Row;
use clinical::course::intake::{Intolerant, TakenMedicine};
use clinical::course::outcomes::Outcomes;
use clinical::course::screening::medicine::{Medicine, Use};
use clinical::course::screening::person::{Intolerance, Reaction};
use clinical::instrument::{Answers, Library, Points};
use clinical::patient::{CivilDate, Companion, Contacts, Sex, compared};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use units::Moment;
use uuid::Uuid;

/// The longest name, number or substance. A form takes no more either.
const LONGEST: usize = 120;

/// The longest words of how a medicine is taken, and of what happened.
const LONGEST_WORDS: usize = 500;

/// A row of a file whose columns are known.
pub(super) struct Cells<'a> {
    pub(super) file: &'a str,
    pub(super) sha256: &'a str,
    pub(super) headings: &'a [String],
    pub(super) columns: &'a BTreeMap<Field, usize>,
    pub(super) row: &'a Row,
}

/// What a row may be asked for besides itself.
pub(super) struct Around<'a> {
    pub(super) mapping: &'a Mapping,
    pub(super) library: &'a Library,
    pub(super) today: CivilDate,
}

/// What of a row does not fit: the first thing that costs the row, or things that cost a value.
#[derive(Default)]
pub(super) struct Notes(pub(super) Vec<Finding>);

/// The row is left out, and why is noted.
pub(super) struct LeftOut;

impl<'a> Cells<'a> {
    /// What a field says, without spaces around it; none where the cell is empty or there is no
    /// such column.
    fn text(&self, field: Field) -> Option<&'a str> {
        let place = *self.columns.get(&field)?;
        let text = self.row.cells.get(place)?.trim();
        (!text.is_empty()).then_some(text)
    }

    fn heading(&self, field: Field) -> Option<String> {
        self.headings.get(*self.columns.get(&field)?).cloned()
    }

    fn from(&self) -> From {
        From {
            sha256: self.sha256.to_owned(),
            line: self.row.line,
        }
    }

    /// A finding of this row.
    pub(super) fn finding(&self, field: Option<Field>, problem: Problem) -> Finding {
        Finding {
            file: self.file.to_owned(),
            line: Some(self.row.line),
            column: field.and_then(|field| self.heading(field)),
            found: field
                .and_then(|field| self.text(field))
                .unwrap_or_default()
                .to_owned(),
            count: 1,
            problem,
        }
    }

    /// The person of the row, as the export names them.
    pub(super) fn key(&self, notes: &mut Notes) -> Result<String, LeftOut> {
        Ok(compared(self.must(Field::Person, LONGEST, notes)?))
    }

    fn leave_out(&self, field: Field, problem: Problem, notes: &mut Notes) -> LeftOut {
        notes.0.push(self.finding(Some(field), problem));
        LeftOut
    }

    fn must(&self, field: Field, longest: usize, notes: &mut Notes) -> Result<&'a str, LeftOut> {
        let Some(text) = self.text(field) else {
            return Err(self.leave_out(field, Problem::Empty(field), notes));
        };
        if text.chars().count() > longest {
            return Err(self.leave_out(field, Problem::TooLong { longest }, notes));
        }
        Ok(text)
    }

    fn may(
        &self,
        field: Field,
        longest: usize,
        notes: &mut Notes,
    ) -> Result<Option<&'a str>, LeftOut> {
        match self.text(field) {
            None => Ok(None),
            Some(_) => self.must(field, longest, notes).map(Some),
        }
    }

    fn day(
        &self,
        field: Field,
        around: &Around<'_>,
        notes: &mut Notes,
    ) -> Result<CivilDate, LeftOut> {
        let text = self.must(field, LONGEST, notes)?;
        let Some(day) = around.mapping.date(text) else {
            return Err(self.leave_out(field, Problem::NotADate, notes));
        };
        if day > around.today {
            return Err(self.leave_out(field, Problem::DayToCome, notes));
        }
        Ok(day)
    }

    /// A word of a table; none where it is not told, or not known, which is noted.
    fn word<T: Clone>(&self, field: Field, table: &Table<T>, notes: &mut Notes) -> Option<T> {
        let text = self.text(field)?;
        let found = table.get(&plain(text)).cloned();
        if found.is_none() {
            notes
                .0
                .push(self.finding(Some(field), Problem::UnknownWord(field)));
        }
        found
    }

    /// A value that is kept where it is whole, and noted where it is not.
    fn value(
        &self,
        field: Field,
        is_whole: fn(&str) -> bool,
        problem: Problem,
        notes: &mut Notes,
    ) -> Option<String> {
        let text = self.text(field)?;
        if is_whole(text) {
            return Some(text.to_owned());
        }
        notes.0.push(self.finding(Some(field), problem));
        None
    }

    /// Who somebody is and how they are reached.
    pub(super) fn person(
        &self,
        around: &Around<'_>,
        notes: &mut Notes,
    ) -> Result<PlannedPerson, LeftOut> {
        let mapping = around.mapping;
        let key = self.key(notes)?;
        let family_name = self.must(Field::FamilyName, LONGEST, notes)?.to_owned();
        let given_name = self.must(Field::GivenName, LONGEST, notes)?.to_owned();
        let birth_date = self.day(Field::BirthDate, around, notes)?;
        if birth_date.year() < 1_900 {
            return Err(self.leave_out(Field::BirthDate, Problem::BornTooEarly, notes));
        }
        let record_number = self.may(Field::RecordNumber, LONGEST, notes)?;
        let sex = self.word(Field::Sex, &mapping.sex, notes);
        let language = self
            .text(Field::Language)
            .and_then(|text| mapping.language.get(&plain(text)).copied());
        if language.is_none() {
            let assumed = self.finding(Some(Field::Language), Problem::LanguageAssumed);
            notes.0.push(assumed);
        }
        let mut contacts = Contacts::unknown(language.unwrap_or(mapping.language_when_not_told));
        contacts.email = self.value(Field::Email, is_email, Problem::NotAnEmail, notes);
        contacts.mobile = self.value(Field::Mobile, is_phone, Problem::NotAPhone, notes);
        contacts.emergency_contact = self.emergency_contact(notes);
        Ok(PlannedPerson {
            from: self.from(),
            key,
            record_number: record_number.map(str::to_owned),
            family_name,
            given_name,
            birth_date,
            sex: sex.unwrap_or(Sex::Unknown),
            contacts,
            allergies: Vec::new(),
            medicines: Vec::new(),
            scores: Vec::new(),
        })
    }

    fn emergency_contact(&self, notes: &mut Notes) -> Option<Companion> {
        let name = self.text(Field::EmergencyName);
        let phone = self.text(Field::EmergencyPhone);
        let (Some(name), Some(phone)) = (name, phone) else {
            let told = match (name, phone) {
                (Some(_), _) => Field::EmergencyName,
                (None, Some(_)) => Field::EmergencyPhone,
                (None, None) => return None,
            };
            notes
                .0
                .push(self.finding(Some(told), Problem::HalfAContact));
            return None;
        };
        Some(Companion {
            name: name.to_owned(),
            phone: phone.to_owned(),
            relationship: self
                .text(Field::EmergencyRelationship)
                .unwrap_or_default()
                .to_owned(),
        })
    }

    /// What somebody does not tolerate. "None known" is not copied: it is asked again.
    // Hazard: H24
    pub(super) fn allergy(
        &self,
        around: &Around<'_>,
        notes: &mut Notes,
    ) -> Result<PlannedAllergy, LeftOut> {
        let substance = self.must(Field::Substance, LONGEST, notes)?;
        if around.mapping.says_none(substance) {
            return Err(self.leave_out(Field::Substance, Problem::SaysNone, notes));
        }
        let happened = self.may(Field::Happened, LONGEST_WORDS, notes)?;
        let reaction = self.word(Field::Reaction, &around.mapping.reaction, notes);
        Ok(PlannedAllergy {
            from: self.from(),
            intolerant: Intolerant {
                intolerance: Intolerance {
                    substance: substance.to_owned(),
                    is_of_the_product: None,
                    reaction: reaction.unwrap_or(Reaction::Unknown),
                },
                happened: happened.unwrap_or_default().to_owned(),
            },
        })
    }

    /// A medicine in the words of the export; whether it is still taken must be told.
    pub(super) fn medicine(
        &self,
        around: &Around<'_>,
        notes: &mut Notes,
    ) -> Result<PlannedMedicine, LeftOut> {
        let words = self.must(Field::Medicine, LONGEST, notes)?;
        if around.mapping.says_none(words) {
            return Err(self.leave_out(Field::Medicine, Problem::SaysNone, notes));
        }
        let dose = self.may(Field::Dose, LONGEST_WORDS, notes)?;
        let frequency = self.may(Field::Frequency, LONGEST_WORDS, notes)?;
        let told = self.text(Field::Use).map(plain).unwrap_or_default();
        let status = around.mapping.taken.get(&told).copied();
        let ended = self.text(Field::StoppedOn).is_some();
        let status = match (status, ended) {
            // A day on which it ended says that it did; what says that it is taken contradicts it.
            (None | Some(Use::Stopped), true) | (Some(Use::Stopped), false) => Use::Stopped,
            (Some(Use::Current), false) => Use::Current,
            (Some(Use::Current), true) | (None, false) => {
                return Err(self.leave_out(Field::Use, Problem::UseUnknown, notes));
            }
        };
        let how: Vec<&str> = [dose, frequency].into_iter().flatten().collect();
        Ok(PlannedMedicine {
            from: self.from(),
            taken: TakenMedicine {
                medicine: Medicine {
                    words: words.to_owned(),
                    codes: Vec::new(),
                    status,
                    last_taken: None,
                    milligrams_per_day: None,
                    morphine_equivalent: None,
                    review: None,
                },
                how: how.join(", "),
            },
        })
    }

    /// The total of a scale that we have, asked of the very function that would take it.
    pub(super) fn score(
        &self,
        around: &Around<'_>,
        notes: &mut Notes,
    ) -> Result<PlannedScore, LeftOut> {
        let named = self.must(Field::Scale, LONGEST_WORDS, notes)?;
        let scale = around.mapping.scale.get(&plain(named));
        let instrument = scale.and_then(|scale| around.library.named(scale));
        let Some(instrument) = instrument else {
            return Err(self.leave_out(Field::Scale, Problem::NoSuchScale, notes));
        };
        let text = self.must(Field::Total, LONGEST, notes)?;
        let total = text.parse::<Decimal>().ok().and_then(Points::new);
        let Some(total) = total else {
            return Err(self.leave_out(Field::Total, Problem::NotANumber, notes));
        };
        let told = (Answers::new(), Some(total));
        let moment = Moment::from_microseconds(0);
        let taken = Outcomes::default().enter(Uuid::nil(), instrument, told, moment, moment);
        if let Err(refusal) = taken {
            let says = refusal.says();
            let says = says.strip_prefix("Not saved: ").unwrap_or(&says).to_owned();
            return Err(self.leave_out(Field::Total, Problem::NoSuchTotal { says }, notes));
        }
        Ok(PlannedScore {
            from: self.from(),
            scale: instrument.id.clone(),
            total,
            filled_on: self.day(Field::FilledOn, around, notes)?,
        })
    }
}

fn is_email(text: &str) -> bool {
    let whole = text
        .split_once('@')
        .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.contains('@'));
    whole && !text.chars().any(char::is_whitespace) && text.len() <= 254
}

fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    (7..=15).contains(&digits)
        && text
            .chars()
            .all(|sign| sign.is_ascii_digit() || " +-().".contains(sign))
}
