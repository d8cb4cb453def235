//! What a preparation is made of.

use crate::course::screening::person::{Product, Route};
use crate::course::session::{Answer, FastingAnswers};
use crate::record::PatientId;
use serde::{Deserialize, Serialize};
use units::Moment;

/// The visit that a person prepares for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Who.
    pub patient: PatientId,
    /// What is to be given.
    pub product: Product,
    /// How.
    pub route: Route,
    /// When it begins.
    pub starts: Moment,
}

/// Yes, no, and the two ways of not knowing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// Nobody has asked.
    #[default]
    NotAsked,
    /// Asked; the person is not sure.
    NotSure,
    /// Yes.
    Yes,
    /// No.
    No,
}

impl Said {
    /// The word in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NotAsked => "",
            Self::NotSure => "not-sure",
            Self::Yes => "yes",
            Self::No => "no",
        }
    }

    /// The answer of a word; `None` for a word that is none.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::NotSure, Self::Yes, Self::No]
            .into_iter()
            .find(|said| said.word() == word)
    }
}

/// How somebody gets home.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ride {
    /// The companion drives.
    CompanionDrives,
    /// Together, by taxi, bus or on foot.
    Together,
    /// By taxi or a ride service, with nobody beside them.
    TaxiAlone,
    /// Not decided.
    NotSure,
}

impl Ride {
    /// Every one, in the order of the page.
    pub const ALL: [Self; 4] = [
        Self::CompanionDrives,
        Self::Together,
        Self::TaxiAlone,
        Self::NotSure,
    ];

    /// The word in forms.
    pub const fn word(self) -> &'static str {
        match self {
            Self::CompanionDrives => "companion-drives",
            Self::Together => "together",
            Self::TaxiAlone => "taxi-alone",
            Self::NotSure => "not-sure",
        }
    }

    /// The one of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ride| ride.word() == word)
    }
}

/// Who takes a person home from this visit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escort {
    /// Their name.
    pub name: String,
    /// Their telephone number.
    pub phone: String,
    /// Who they are to the person; may be empty.
    pub relationship: String,
    /// How they get home.
    pub ride: Ride,
}

impl Escort {
    /// Name and number, as the session keeps them.
    pub fn says(&self) -> String {
        format!("{}, {}", self.name, self.phone)
    }
}

/// What a prescriber decided about a medicine before a visit. The program never decides it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MedicineDecision {
    /// As usual, with a sip of water.
    Take,
    /// Not from this many hours before the visit on.
    HoldFor {
        /// How many hours.
        hours: u32,
    },
    /// The person asks the clinic before the visit.
    Ask,
}

/// One medicine with its decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Medicine {
    /// In the words of the person's list.
    pub name: String,
    /// What is to be done.
    pub decision: MedicineDecision,
    /// More, in words that the person reads; may be empty.
    pub words: String,
}

impl Medicine {
    /// Whether what was said fits the decision; `None` where there is no decision yet, or nobody
    /// knows what was done.
    pub const fn is_kept(&self, said: Said) -> Option<bool> {
        match (self.decision, said) {
            (MedicineDecision::Take, Said::Yes) | (MedicineDecision::HoldFor { .. }, Said::No) => {
                Some(true)
            }
            (MedicineDecision::Take, Said::No) | (MedicineDecision::HoldFor { .. }, Said::Yes) => {
                Some(false)
            }
            (MedicineDecision::Ask, _) | (_, Said::NotAsked | Said::NotSure) => None,
        }
    }
}

/// Whether a medicine was taken on the day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Taken {
    /// Which, by its name in the list.
    pub name: String,
    /// Yes: taken. No: left out.
    pub taken: Said,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "about", rename_all = "kebab-case")]
pub enum Given {
    /// When fried or fatty food or meat was eaten last.
    HeavyMeal {
        /// When.
        last: Answer<Moment>,
    },
    /// When something else was eaten, or milk drunk, last.
    LightMeal {
        /// When.
        last: Answer<Moment>,
    },
    /// When something clear was drunk last.
    ClearLiquid {
        /// When.
        last: Answer<Moment>,
    },
    /// When alcohol was drunk last.
    Alcohol {
        /// When; "none" where none was drunk in the time that is asked about.
        last: Answer<Moment>,
    },
    /// When cannabis was used last.
    Cannabis {
        /// When; as for alcohol.
        last: Answer<Moment>,
    },
    /// Other drugs in the last days.
    OtherDrugs {
        /// Whether.
        said: Said,
    },
    /// Who takes the person home.
    Escort {
        /// Who; "none" where there is nobody.
        escort: Answer<Escort>,
    },
    /// What was taken of the list of medicines.
    Medicines {
        /// One for each medicine of the list.
        taken: Vec<Taken>,
    },
    /// Whether one medicine of the list was taken; the others stay as they were said.
    Medicine {
        /// Which, and whether.
        taken: Taken,
    },
    /// Fever, cough, a blocked nose, vomiting: ill since the last visit.
    Illness {
        /// Whether.
        said: Said,
    },
    /// A new diagnosis or a stay in hospital since the last visit.
    Admission {
        /// Whether.
        said: Said,
    },
    /// Pregnancy is possible.
    Pregnancy {
        /// Whether.
        said: Said,
    },
    /// Thoughts of not living, or of harming oneself, since the last contact.
    ThoughtsOfDeath {
        /// Whether.
        said: Said,
    },
    /// Pain, urgency or blood when passing water since the last visit.
    Urinary {
        /// Whether.
        said: Said,
    },
    /// A device for breathing at night will be brought; "no" also where there is none.
    BreathingDevice {
        /// Whether.
        said: Said,
    },
    /// The number under which the person is reached for a day afterwards.
    Phone {
        /// The number, as given.
        number: String,
    },
}

/// Everything answered so far, each by its newest answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// Food and drink.
    pub fasting: FastingAnswers,
    /// Alcohol.
    pub alcohol: Answer<Moment>,
    /// Cannabis.
    pub cannabis: Answer<Moment>,
    /// Other drugs.
    pub other_drugs: Said,
    /// The way home.
    pub escort: Answer<Escort>,
    /// Medicines taken or left out.
    pub medicines: Option<Vec<Taken>>,
    /// Ill.
    pub illness: Said,
    /// New diagnosis or hospital.
    pub admission: Said,
    /// Pregnancy possible.
    pub pregnancy: Said,
    /// Thoughts of death.
    pub thoughts_of_death: Said,
    /// Passing water.
    pub urinary: Said,
    /// Breathing device.
    pub breathing_device: Said,
    /// Telephone.
    pub phone: Option<String>,
}

impl Answers {
    /// Takes in one answer.
    pub fn take(&mut self, given: &Given) {
        match given {
            Given::HeavyMeal { last } => self.fasting.heavy_meal = *last,
            Given::LightMeal { last } => self.fasting.light_meal = *last,
            Given::ClearLiquid { last } => self.fasting.clear_liquid = *last,
            Given::Alcohol { last } => self.alcohol = *last,
            Given::Cannabis { last } => self.cannabis = *last,
            Given::OtherDrugs { said } => self.other_drugs = *said,
            Given::Escort { escort } => self.escort = escort.clone(),
            Given::Medicines { taken } => self.medicines = Some(taken.clone()),
            Given::Medicine { taken } => {
                let known = self.medicines.get_or_insert_default();
                known.retain(|one| one.name != taken.name);
                known.push(taken.clone());
            }
            Given::Illness { said } => self.illness = *said,
            Given::Admission { said } => self.admission = *said,
            Given::Pregnancy { said } => self.pregnancy = *said,
            Given::ThoughtsOfDeath { said } => self.thoughts_of_death = *said,
            Given::Urinary { said } => self.urinary = *said,
            Given::BreathingDevice { said } => self.breathing_device = *said,
            Given::Phone { number } => self.phone = Some(number.clone()),
        }
    }

    /// Whether a medicine was taken on the day.
    pub fn taken(&self, name: &str) -> Said {
        self.medicines
            .iter()
            .flatten()
            .find(|one| one.name == name)
            .map_or(Said::NotAsked, |one| one.taken)
    }

    /// What was said of the day itself is not carried over to another one: it is asked again.
    /// Who comes along and where the person is reached stays.
    pub(super) fn for_another_time(&mut self) {
        *self = Self {
            escort: self.escort.clone(),
            phone: self.phone.clone(),
            breathing_device: self.breathing_device,
            thoughts_of_death: self.thoughts_of_death,
            ..Self::default()
        };
    }
}

impl Given {
    /// The moment that the answer names, if it names one.
    pub(super) const fn moment(&self) -> Option<Moment> {
        match self {
            Self::HeavyMeal { last }
            | Self::LightMeal { last }
            | Self::ClearLiquid { last }
            | Self::Alcohol { last }
            | Self::Cannabis { last } => match last {
                Answer::Is(at) => Some(*at),
                Answer::NotAsked | Answer::NotSure | Answer::NoneSuch => None,
            },
            Self::OtherDrugs { .. }
            | Self::Escort { .. }
            | Self::Medicines { .. }
            | Self::Medicine { .. }
            | Self::Illness { .. }
            | Self::Admission { .. }
            | Self::Pregnancy { .. }
            | Self::ThoughtsOfDeath { .. }
            | Self::Urinary { .. }
            | Self::BreathingDevice { .. }
            | Self::Phone { .. } => None,
        }
    }
}
