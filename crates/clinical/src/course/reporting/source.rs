//! The closed vocabulary of where a value of a form comes from, and of what kind it is.

use serde::Deserialize;

/// Of what kind a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Words.
    Text,
    /// A date of the calendar.
    Date,
    /// Yes or no.
    YesNo,
    /// One word of a closed list.
    Word,
    /// Whole minutes.
    Minutes,
    /// Milligrams.
    Amount,
    /// A systolic and a diastolic pressure.
    Pressure,
    /// A date with a time.
    Moment,
}

/// Where a value comes from. What no part of the record knows is said by a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The registration.
    PatientGivenName,
    /// The registration.
    PatientFamilyName,
    /// The registration.
    PatientBirthDate,
    /// The registration.
    PatientSex,
    /// The order: no session with this product before.
    FirstTreatment,
    /// The person's enrolment on the day of the visit.
    Enrolled,
    /// The list of medicines of the history.
    Medicine(&'static str),
    /// Whoever had the room.
    ObserverGivenName,
    /// Whoever had the room.
    ObserverFamilyName,
    /// What the clinic says of itself for the programme.
    ObserverTelephone,
    /// What the clinic says of itself for the programme.
    ObserverEmail,
    /// What the clinic says of itself for the programme.
    SettingName,
    /// What the clinic says of itself for the programme.
    SettingAddressOne,
    /// What the clinic says of itself for the programme.
    SettingAddressTwo,
    /// What the clinic says of itself for the programme.
    SettingCity,
    /// What the clinic says of itself for the programme.
    SettingState,
    /// What the clinic says of itself for the programme.
    SettingPostalCode,
    /// The day of the first device in the clinic's zone.
    SessionDay,
    /// The devices that stand.
    SessionDose,
    /// The ledger of controlled drugs.
    SessionLots,
    /// From the first device to leaving.
    MinutesToComplete,
    /// The last pressure before the first device.
    PressureBefore,
    /// The pressure nearest to the listed minute.
    PressureAtMinute,
    /// The last pressure before leaving.
    PressureAtEnd,
    /// Responsiveness scores below 5.
    Sedation,
    /// The first of them.
    SedationBegan,
    /// The first score of 5 after the last of them.
    SedationEnded,
    /// Ratings of dissociation above 0.
    Dissociation,
    /// The first of them.
    DissociationBegan,
    /// The first rating of 0 after the last of them.
    DissociationEnded,
    /// A person says it; the record gives hints.
    RespiratoryDepression,
    /// A serious adverse event stands in the record.
    SeriousAny,
    /// Of the serious adverse events.
    SeriousDescription,
    /// Of the serious adverse events.
    SeriousCriteria,
    /// Of the serious adverse events.
    SeriousBegan,
    /// Of the serious adverse events.
    SeriousEnded,
    /// Of the serious adverse events.
    SeriousOutcome,
    /// Of the serious adverse events.
    SeriousRelatedness,
    /// Of the serious adverse events.
    SeriousTreatment,
    /// Only a person knows it.
    Said,
}

/// Every word of the vocabulary.
const WORDS: [(&str, Source); 44] = [
    ("patient.given-name", Source::PatientGivenName),
    ("patient.family-name", Source::PatientFamilyName),
    ("patient.birth-date", Source::PatientBirthDate),
    ("patient.sex", Source::PatientSex),
    ("programme.first-treatment", Source::FirstTreatment),
    ("programme.enrolled", Source::Enrolled),
    (
        "medicine.benzodiazepine",
        Source::Medicine("benzodiazepine"),
    ),
    ("medicine.sedative", Source::Medicine("sedative")),
    (
        "medicine.psychostimulant",
        Source::Medicine("psychostimulant"),
    ),
    (
        "medicine.monoamine-oxidase-inhibitor",
        Source::Medicine("monoamine-oxidase-inhibitor"),
    ),
    ("medicine.opioid", Source::Medicine("opioid")),
    ("observer.given-name", Source::ObserverGivenName),
    ("observer.family-name", Source::ObserverFamilyName),
    ("observer.telephone", Source::ObserverTelephone),
    ("observer.email", Source::ObserverEmail),
    ("setting.name", Source::SettingName),
    ("setting.address-1", Source::SettingAddressOne),
    ("setting.address-2", Source::SettingAddressTwo),
    ("setting.city", Source::SettingCity),
    ("setting.state", Source::SettingState),
    ("setting.postal-code", Source::SettingPostalCode),
    ("session.day", Source::SessionDay),
    ("session.dose", Source::SessionDose),
    ("session.lots", Source::SessionLots),
    (
        "minutes.first-device-to-complete",
        Source::MinutesToComplete,
    ),
    ("pressure.before", Source::PressureBefore),
    ("pressure.at-40-minutes", Source::PressureAtMinute),
    ("pressure.before-completion", Source::PressureAtEnd),
    ("event.sedation", Source::Sedation),
    ("event.sedation-began", Source::SedationBegan),
    ("event.sedation-ended", Source::SedationEnded),
    ("event.dissociation", Source::Dissociation),
    ("event.dissociation-began", Source::DissociationBegan),
    ("event.dissociation-ended", Source::DissociationEnded),
    (
        "event.respiratory-depression",
        Source::RespiratoryDepression,
    ),
    ("serious.any", Source::SeriousAny),
    ("serious.description", Source::SeriousDescription),
    ("serious.criteria", Source::SeriousCriteria),
    ("serious.began", Source::SeriousBegan),
    ("serious.ended", Source::SeriousEnded),
    ("serious.outcome", Source::SeriousOutcome),
    ("serious.relatedness", Source::SeriousRelatedness),
    ("serious.treatment", Source::SeriousTreatment),
    ("said", Source::Said),
];

impl Source {
    /// The source of a word; none where the vocabulary has no such word.
    pub fn of_word(word: &str) -> Option<Self> {
        WORDS
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, source)| *source)
    }

    /// Of what kind its values are; none where the field says it.
    pub const fn kind(self) -> Option<Kind> {
        Some(match self {
            Self::PatientGivenName
            | Self::PatientFamilyName
            | Self::ObserverGivenName
            | Self::ObserverFamilyName
            | Self::ObserverTelephone
            | Self::ObserverEmail
            | Self::SettingName
            | Self::SettingAddressOne
            | Self::SettingAddressTwo
            | Self::SettingCity
            | Self::SettingState
            | Self::SettingPostalCode
            | Self::SessionLots
            | Self::SeriousDescription
            | Self::SeriousCriteria
            | Self::SeriousOutcome
            | Self::SeriousRelatedness
            | Self::SeriousTreatment => Kind::Text,
            Self::PatientBirthDate | Self::SessionDay => Kind::Date,
            Self::PatientSex => Kind::Word,
            Self::FirstTreatment
            | Self::Enrolled
            | Self::Medicine(_)
            | Self::Sedation
            | Self::Dissociation
            | Self::RespiratoryDepression
            | Self::SeriousAny => Kind::YesNo,
            Self::SessionDose => Kind::Amount,
            Self::MinutesToComplete
            | Self::SedationBegan
            | Self::SedationEnded
            | Self::DissociationBegan
            | Self::DissociationEnded => Kind::Minutes,
            Self::PressureBefore | Self::PressureAtMinute | Self::PressureAtEnd => Kind::Pressure,
            Self::SeriousBegan | Self::SeriousEnded => Kind::Moment,
            Self::Said => return None,
        })
    }

    /// True where a person may say the value on the form, and what they say is what is sent. Who
    /// somebody is, what was measured and what was given is put right in the record instead.
    pub const fn may_be_said(self) -> bool {
        match self {
            Self::Said
            | Self::FirstTreatment
            | Self::Medicine(_)
            | Self::ObserverGivenName
            | Self::ObserverFamilyName
            | Self::ObserverTelephone
            | Self::ObserverEmail
            | Self::SessionLots
            | Self::Sedation
            | Self::SedationBegan
            | Self::SedationEnded
            | Self::Dissociation
            | Self::DissociationBegan
            | Self::DissociationEnded
            | Self::RespiratoryDepression
            | Self::SeriousAny
            | Self::SeriousTreatment => true,
            Self::PatientGivenName
            | Self::PatientFamilyName
            | Self::PatientBirthDate
            | Self::PatientSex
            | Self::Enrolled
            | Self::SettingName
            | Self::SettingAddressOne
            | Self::SettingAddressTwo
            | Self::SettingCity
            | Self::SettingState
            | Self::SettingPostalCode
            | Self::SessionDay
            | Self::SessionDose
            | Self::MinutesToComplete
            | Self::PressureBefore
            | Self::PressureAtMinute
            | Self::PressureAtEnd
            | Self::SeriousDescription
            | Self::SeriousCriteria
            | Self::SeriousBegan
            | Self::SeriousEnded
            | Self::SeriousOutcome
            | Self::SeriousRelatedness => false,
        }
    }

    /// True where the record tells of today and not of the day of the visit: another value later on
    /// is no correction of what was sent.
    pub const fn is_of_today(self) -> bool {
        matches!(
            self,
            Self::Medicine(_)
                | Self::ObserverTelephone
                | Self::ObserverEmail
                | Self::SettingName
                | Self::SettingAddressOne
                | Self::SettingAddressTwo
                | Self::SettingCity
                | Self::SettingState
                | Self::SettingPostalCode
        )
    }
}
