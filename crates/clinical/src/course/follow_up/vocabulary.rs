//! The words of the time after a session.

use crate::record::StaffId;
use crate::words::words;
use serde::{Deserialize, Serialize};
use units::Moment;
use uuid::Uuid;

words!(
    /// How the person says that they are, against before the session. No score.
    Mood {
        /// Better.
        Better = "better",
        /// About the same.
        Same = "same",
        /// Worse.
        Worse = "worse",
        /// They cannot say.
        NotSure = "not-sure",
    }
);

words!(
    /// What the person says of thoughts of ending their life. What is not answered is not known.
    Thoughts {
        /// None.
        None = "none",
        /// Thoughts, and no plan and no wish to act.
        Thoughts = "thoughts",
        /// A plan, or the wish to act.
        Plan = "plan",
        /// They would rather talk.
        Talk = "talk",
    }
);

words!(
    /// How bad it was, as the person grades it. Grades 4 and 5 are staff's.
    Severity {
        /// Grade 1: noticed, nothing to be done.
        Mild = "mild",
        /// Grade 2: in the way.
        Moderate = "moderate",
        /// Grade 3: stopped what they were doing.
        Severe = "severe",
    }
);

words!(
    /// When it began.
    Began {
        /// During the session.
        Session = "session",
        /// The same evening.
        Evening = "evening",
        /// The day after.
        NextDay = "next-day",
        /// Later.
        Later = "later",
    }
);

words!(
    /// How long it lasted.
    Lasted {
        /// Less than an hour.
        Minutes = "minutes",
        /// Hours.
        Hours = "hours",
        /// A day or more.
        Days = "days",
        /// It is still there.
        Still = "still",
    }
);

words!(
    /// How fast somebody must act; the fastest is the greatest.
    Urgency {
        /// The same day.
        SameDay = "same-day",
        /// Within the hour.
        SameHour = "same-hour",
        /// Now, by an emergency number.
        Now = "now",
    }
);

/// The scales that watch for harm over months, by the ids of their files: the project's own four
/// bladder questions, and AUDIT-C. They say nothing of whether treatment helps.
///
/// The reference's schedule names two more. ICSI ships without its words, and DAST-10 has none that
/// may ship: neither is asked. Source: clinical reference 7.3, 8.1.
pub const WATCHED: [&str; 2] = ["urinary-symptoms", "audit-c"];

/// Which contact of the schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContactKind {
    /// The same evening.
    Evening,
    /// The next day.
    NextDay,
    /// About integration.
    ThreeDays,
    /// After a week.
    Week,
    /// A month after a first series.
    Month,
    /// So many quarters after a first series.
    Quarter(u32),
}

impl ContactKind {
    /// In words of one token: `quarter-2`.
    pub fn word(self) -> String {
        match self {
            Self::Evening => "evening".to_owned(),
            Self::NextDay => "next-day".to_owned(),
            Self::ThreeDays => "three-days".to_owned(),
            Self::Week => "week".to_owned(),
            Self::Month => "month-1".to_owned(),
            Self::Quarter(number) => format!("quarter-{number}"),
        }
    }

    /// On a page.
    pub fn says(self) -> String {
        match self {
            Self::Evening => "same evening".to_owned(),
            Self::NextDay => "next day".to_owned(),
            Self::ThreeDays => "three days".to_owned(),
            Self::Week => "one week".to_owned(),
            Self::Month => "one month".to_owned(),
            Self::Quarter(number) => format!("{} months", number * 3),
        }
    }

    /// The scales that this contact asks to watch for harm, after those that say how the person is:
    /// of [`WATCHED`], in its order. A month and each quarter ask about the bladder, each half-year
    /// about alcohol too; none before a month. Source: clinical reference 7.3, 7.5, 8.1.
    pub const fn watches(self) -> &'static [&'static str] {
        match self {
            Self::Evening | Self::NextDay | Self::ThreeDays | Self::Week => &[],
            Self::Quarter(number) if number > 0 && number.is_multiple_of(2) => &WATCHED,
            Self::Month | Self::Quarter(_) => &["urinary-symptoms"],
        }
    }

    /// A newer session asks the same again, so that an older one of this kind need not be made.
    pub const fn is_asked_by_each_session(self) -> bool {
        match self {
            Self::Evening | Self::NextDay | Self::ThreeDays | Self::Week => true,
            Self::Month | Self::Quarter(_) => false,
        }
    }
}

/// A contact as it is planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedContact {
    /// Made of the session and the kind, so that it is the same however often it is planned.
    pub id: Uuid,
    /// Which.
    pub kind: ContactKind,
    /// When, inside of the person's hours.
    pub due: Moment,
}

/// What a person answers. What is not said is not known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewReport {
    /// Made by the form, so that a form sent twice is one answer.
    pub report: Uuid,
    /// How they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mood: Option<Mood>,
    /// What they say of thoughts of ending their life.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thoughts: Option<Thoughts>,
    /// Side effects, by term.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<String>,
    /// Warning signs, by name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<String>,
    /// In their own words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// What is said of one side effect besides.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detail {
    /// How bad.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// When it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began: Option<Began>,
    /// How long it lasted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lasted: Option<Lasted>,
    /// What helped.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub helped: String,
}

/// Somebody on duty who is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// Who.
    pub staff: StaffId,
    /// Their name.
    pub name: String,
    /// By how many ways something left: e-mail, text message.
    pub ways: u8,
}

words!(
    /// What is looked for over months and years.
    Screen {
        /// Questions about the bladder.
        Bladder = "bladder",
        /// Liver tests.
        Liver = "liver",
        /// A short test of memory and thinking.
        Cognition = "cognition",
        /// Questions about drug use.
        Dependence = "dependence",
        /// A look at the blood pressures of all sessions.
        Pressure = "pressure",
    }
);

impl Screen {
    /// It is done before or at the first session too.
    pub const fn has_baseline(self) -> bool {
        match self {
            Self::Bladder | Self::Liver | Self::Dependence => true,
            Self::Cognition | Self::Pressure => false,
        }
    }

    /// The screen that is done when this scale is answered whole; none for a scale that is only a
    /// part of one. AUDIT-C asks about alcohol and not about drugs: it is no DAST-10, and closes
    /// nothing. Source: clinical reference 7.5, 8.1.
    pub fn closed_by(scale: &str) -> Option<Self> {
        (scale == "urinary-symptoms").then_some(Self::Bladder)
    }

    /// On a page.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Bladder => "Bladder",
            Self::Liver => "Liver",
            Self::Cognition => "Memory and thinking",
            Self::Dependence => "Drug use",
            Self::Pressure => "Blood pressure over time",
        }
    }

    /// What is done. Source: clinical reference 7.5.
    pub const fn what(self) -> &'static str {
        match self {
            Self::Bladder => {
                "the four bladder questions, or ICSI and ICPI where the clinic has them; urine test if there is a new symptom"
            }
            Self::Liver => "ALP, GGT and ALT",
            Self::Cognition => "a brief test that the clinic has a licence for, and their own word",
            Self::Dependence => "DAST-10",
            Self::Pressure => "the trend of the pressures before each session",
        }
    }

    /// What stops treatment until a prescriber has decided. Source: clinical reference 7.4, 7.5.
    pub const fn stops(self) -> &'static str {
        match self {
            Self::Bladder => "ICSI up by 3 or more, or blood in the urine: hold, urology",
            Self::Liver => "ALT above 3 times the upper limit, or jaundice: hold",
            Self::Cognition => "no rule in the reference: the prescriber decides",
            Self::Dependence => "asks for more, use elsewhere: review of dependence",
            Self::Pressure => "no rule in the reference: the prescriber decides",
        }
    }
}

words!(
    /// What came of a screen.
    Found {
        /// Nothing of note.
        Normal = "normal",
        /// Something that is watched.
        Watch = "watch",
        /// A stop rule is met: treatment is held until a prescriber has decided.
        Hold = "hold",
    }
);
