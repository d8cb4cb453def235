//! Go, wait or stop: a list of named checks, and one answer.

use super::rules::PreparationRules;
use super::state::Preparation;
use super::vocabulary::{Answers, Medicine, MedicineDecision, Ride, Said};
use crate::course::session::Answer;
use crate::course::session::decide::fasting_verdict;
use crate::policy::{Outcome, Rules};
use units::{Moment, Span};

/// Who can put something right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fixer {
    /// The person themselves.
    Person,
    /// The front desk.
    FrontDesk,
    /// A nurse.
    Nurse,
    /// A prescriber.
    Prescriber,
}

impl Fixer {
    /// In words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Person => "the person",
            Self::FrontDesk => "front desk",
            Self::Nurse => "a nurse",
            Self::Prescriber => "a prescriber",
        }
    }
}

/// What a check is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// When they last ate and drank.
    FoodAndDrink,
    /// Who takes them home.
    WayHome,
    /// Alcohol before the visit.
    Alcohol,
    /// Cannabis before the visit.
    Cannabis,
    /// What is taken or left out.
    Medicines,
    /// What is new in their health.
    Health,
    /// Thoughts of not living.
    Safety,
    /// The questions before the visit.
    Preparation,
    /// A prescriber's acceptance.
    Acceptance,
    /// The consent.
    Consent,
    /// The chair in the book.
    Booking,
    /// The prescriber's order.
    Order,
    /// The weight that the dose rests on.
    Weight,
}

impl About {
    /// In two or three words.
    pub const fn says(self) -> &'static str {
        match self {
            Self::FoodAndDrink => "Food and drink",
            Self::WayHome => "Way home",
            Self::Alcohol => "Alcohol",
            Self::Cannabis => "Cannabis",
            Self::Medicines => "Medicines",
            Self::Health => "Health",
            Self::Safety => "Safety",
            Self::Preparation => "Preparation",
            Self::Acceptance => "Acceptance",
            Self::Consent => "Consent",
            Self::Booking => "Booking",
            Self::Order => "Order",
            Self::Weight => "Weight",
        }
    }
}

/// How one check stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Nothing stands in the way.
    Met,
    /// Time alone will meet it, at this moment.
    Wait(Moment),
    /// Nobody knows: it blocks, and is said differently.
    NotKnown,
    /// It stands in the way.
    Stop,
}

/// One thing that must hold for a visit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What it is about.
    pub about: About,
    /// How it stands.
    pub standing: Standing,
    /// In one sentence.
    pub says: String,
    /// What to do about it; empty when met.
    pub remedy: String,
    /// Who can.
    pub fixer: Fixer,
}

/// The answer about a visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It may take place at its time.
    Go,
    /// It may take place later, from this moment on.
    Wait(Moment),
    /// It may not take place unless somebody puts something right.
    Stop,
}

impl Readiness {
    /// In one word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Go => "go",
            Self::Wait(_) => "wait",
            Self::Stop => "stop",
        }
    }
}

impl Check {
    /// A check that is met.
    pub fn met(about: About, says: impl Into<String>) -> Self {
        Self {
            about,
            standing: Standing::Met,
            says: says.into(),
            remedy: String::new(),
            fixer: Fixer::FrontDesk,
        }
    }

    /// A check that is not met, or not known.
    pub fn open(
        about: About,
        standing: Standing,
        says: impl Into<String>,
        remedy: &str,
        fixer: Fixer,
    ) -> Self {
        Self {
            about,
            standing,
            says: says.into(),
            remedy: remedy.to_owned(),
            fixer,
        }
    }
}

/// One answer from all checks. No check at all is no "go".
// Hazard: H24
pub fn readiness(checks: &[Check]) -> Readiness {
    if checks.is_empty() {
        return Readiness::Stop;
    }
    let mut until: Option<Moment> = None;
    for check in checks {
        match check.standing {
            Standing::Met => {}
            Standing::Wait(moment) => until = until.max(Some(moment)),
            Standing::NotKnown | Standing::Stop => return Readiness::Stop,
        }
    }
    until.map_or(Readiness::Go, Readiness::Wait)
}

/// What the preparation itself knows for the visit, if it began at its time or, when that has
/// passed, now. `day` is when the day of the visit begins where the clinic is.
pub fn checks(
    preparation: &Preparation,
    rules: &PreparationRules,
    session: &Rules,
    day: Moment,
    now: Moment,
) -> Vec<Check> {
    let Some(planned) = preparation.visit() else {
        return vec![Check::open(
            About::Preparation,
            Standing::NotKnown,
            "No preparation has begun for this visit.",
            "Wait a minute; if this stays, book the visit again.",
            Fixer::FrontDesk,
        )];
    };
    let starts = planned.starts.max(now);
    let answers = &preparation.answers;
    let fasting = rules.fasting(session, planned.product, planned.route);
    vec![
        food_and_drink(answers, &fasting, starts),
        way_home(answers, rules),
        since(
            About::Alcohol,
            &answers.alcohol,
            rules.span("alcohol"),
            starts,
            "alcohol",
        ),
        since(
            About::Cannabis,
            &answers.cannabis,
            rules.span("cannabis"),
            starts,
            "cannabis",
        ),
        medicines(preparation, now >= day),
        state_of_health(answers),
        thoughts(answers),
    ]
}

fn food_and_drink(answers: &Answers, fasting: &Rules, starts: Moment) -> Check {
    let about = About::FoodAndDrink;
    let verdict = fasting_verdict(&answers.fasting, fasting, starts);
    if verdict.is_open() {
        return Check::met(about, "Fasted for long enough.");
    }
    let open = verdict.open();
    // What nobody knows comes first: waiting does not answer it.
    let unknown = open
        .iter()
        .find(|finding| finding.outcome == Outcome::Unknown);
    match (unknown.or(open.first()), verdict.met_at()) {
        (Some(finding), Some(met_at)) => Check::open(
            about,
            Standing::Wait(met_at),
            format!("{} Found {}.", finding.says, finding.found),
            &finding.remedy,
            Fixer::Nurse,
        ),
        (Some(finding), None) if finding.outcome == Outcome::Unknown => Check::open(
            about,
            Standing::NotKnown,
            format!("{} Nobody knows yet.", finding.says),
            &finding.remedy,
            Fixer::Person,
        ),
        (Some(finding), None) => Check::open(
            about,
            Standing::Stop,
            format!("{} Found {}.", finding.says, finding.found),
            &finding.remedy,
            Fixer::Prescriber,
        ),
        (None, _) => Check::open(
            about,
            Standing::NotKnown,
            "No rule of fasting is in force for this treatment.",
            "The medical director adopts one.",
            Fixer::Prescriber,
        ),
    }
}

/// A named adult who comes along. Source: clinical reference 2.5.
// Hazard: H39
fn way_home(answers: &Answers, rules: &PreparationRules) -> Check {
    let about = About::WayHome;
    if !rules.is_on("escort_required") {
        return Check::met(about, "This clinic asks for no companion.");
    }
    let ask = "Ask who takes them home: name, telephone number, and how.";
    match &answers.escort {
        Answer::Is(escort) => {
            let named = !escort.name.trim().is_empty() && !escort.phone.trim().is_empty();
            match escort.ride {
                Ride::CompanionDrives | Ride::Together if named => {
                    Check::met(about, format!("{} takes them home.", escort.says()))
                }
                Ride::TaxiAlone if rules.is_on("rideshare_is_enough") => {
                    Check::met(about, "By taxi, which is enough here.")
                }
                Ride::TaxiAlone => Check::open(
                    about,
                    Standing::Stop,
                    "A taxi alone is planned; nobody comes along.",
                    "Ask for an adult who comes along; without one the visit cannot take place.",
                    Fixer::Person,
                ),
                Ride::NotSure | Ride::CompanionDrives | Ride::Together => Check::open(
                    about,
                    Standing::NotKnown,
                    "Name, telephone number or the way home is missing.",
                    ask,
                    Fixer::FrontDesk,
                ),
            }
        }
        Answer::NoneSuch => Check::open(
            about,
            Standing::Stop,
            "Nobody takes them home.",
            "Ask for an adult who comes along; without one the visit cannot take place.",
            Fixer::Person,
        ),
        Answer::NotAsked | Answer::NotSure => Check::open(
            about,
            Standing::NotKnown,
            "Nobody is named who takes them home.",
            ask,
            Fixer::FrontDesk,
        ),
    }
}

fn since(
    about: About,
    answer: &Answer<Moment>,
    span: Option<Span>,
    starts: Moment,
    what: &str,
) -> Check {
    let ask = "Ask, without judging, when it was last.";
    match (answer, span) {
        (Answer::NoneSuch, _) => Check::met(about, format!("No {what} lately.")),
        (Answer::Is(at), Some(span)) if *at <= starts && starts - *at >= span => {
            Check::met(about, format!("No {what} for long enough."))
        }
        (Answer::Is(at), Some(span)) => Check::open(
            about,
            Standing::Wait(*at + span),
            format!("There was {what} less than {span} before the visit."),
            "A prescriber decides, or the visit moves.",
            Fixer::Prescriber,
        ),
        (Answer::NotAsked | Answer::NotSure, _) | (Answer::Is(_), None) => Check::open(
            about,
            Standing::NotKnown,
            format!("Whether there was {what} is not known."),
            ask,
            Fixer::Person,
        ),
    }
}

/// Decided by a prescriber and, from the day of the visit on, kept to. Source: clinical reference
/// 2.2.
// Hazard: H24
fn medicines(preparation: &Preparation, is_the_day: bool) -> Check {
    let about = About::Medicines;
    let Some(list) = &preparation.medicines else {
        return Check::open(
            about,
            Standing::NotKnown,
            "No prescriber has gone through the medicines for this visit.",
            "A prescriber says for each: take, hold, or none at all.",
            Fixer::Prescriber,
        );
    };
    let asked = list
        .iter()
        .find(|medicine| matches!(medicine.decision, MedicineDecision::Ask));
    match asked {
        Some(medicine) => Check::open(
            about,
            Standing::Stop,
            format!("It is still open what to do with {}.", medicine.name),
            "A prescriber decides before the visit.",
            Fixer::Prescriber,
        ),
        None if is_the_day => kept_to(about, preparation),
        None => Check::met(
            about,
            "Each medicine has its decision; whether it was kept to is asked on the day.",
        ),
    }
}

/// Whether each medicine was taken or left out as it was decided. What differs comes first: a
/// clinician is needed for it, whatever else is still open.
fn kept_to(about: About, preparation: &Preparation) -> Check {
    let said = |medicine: &Medicine| medicine.is_kept(preparation.answers.taken(&medicine.name));
    let list = |kept: Option<bool>| {
        preparation
            .decided()
            .filter(|medicine| said(medicine) == kept)
            .map(differs)
            .collect::<Vec<_>>()
            .join("; ")
    };
    let differing = list(Some(false));
    if !differing.is_empty() {
        return Check::open(
            about,
            Standing::Stop,
            format!("Not as decided: {differing}."),
            "A prescriber decides: changes the decision, or moves the visit.",
            Fixer::Prescriber,
        );
    }
    let unknown: Vec<&str> = preparation
        .decided()
        .filter(|medicine| said(medicine).is_none())
        .map(|medicine| medicine.name.as_str())
        .collect();
    if !unknown.is_empty() {
        return Check::open(
            about,
            Standing::NotKnown,
            format!("Whether it was taken is not known: {}.", unknown.join("; ")),
            "Ask whether it was taken; where the person is not sure, a prescriber decides.",
            Fixer::Nurse,
        );
    }
    Check::met(about, "Each medicine was taken or left out as decided.")
}

fn differs(medicine: &Medicine) -> String {
    match medicine.decision {
        MedicineDecision::Take => {
            format!("{} was to be taken and was left out", medicine.name)
        }
        MedicineDecision::HoldFor { hours } => format!(
            "{} was to be left out for {hours} hours and was taken",
            medicine.name
        ),
        MedicineDecision::Ask => medicine.name.clone(),
    }
}

/// Source: clinical reference 2.2.
fn state_of_health(answers: &Answers) -> Check {
    let about = About::Health;
    let all = [
        (answers.illness, "ill since the last visit"),
        (answers.admission, "a new diagnosis or a stay in hospital"),
        (answers.pregnancy, "pregnancy is possible"),
        (answers.other_drugs, "other drugs in the last days"),
        (answers.urinary, "trouble when passing water"),
    ];
    let said: Vec<&str> = all
        .iter()
        .filter(|(said, _)| *said == Said::Yes)
        .map(|(_, what)| *what)
        .collect();
    if !said.is_empty() {
        return Check::open(
            about,
            Standing::Stop,
            format!("The person says: {}.", said.join("; ")),
            "A prescriber speaks with them and decides.",
            Fixer::Prescriber,
        );
    }
    let open = all
        .iter()
        .find(|(said, _)| matches!(said, Said::NotAsked | Said::NotSure));
    match open {
        Some((_, what)) => Check::open(
            about,
            Standing::NotKnown,
            format!("Not known: {what}."),
            "Ask the questions of the day.",
            Fixer::Nurse,
        ),
        None => Check::met(about, "Nothing new."),
    }
}

// Hazard: H40
fn thoughts(answers: &Answers) -> Check {
    let about = About::Safety;
    match answers.thoughts_of_death {
        Said::No => Check::met(about, "No thoughts of not living since the last contact."),
        Said::Yes => Check::open(
            about,
            Standing::Stop,
            "THE PERSON SAYS: thoughts of not living, or of harming themselves.",
            "A clinician calls them today, before anything else.",
            Fixer::Prescriber,
        ),
        Said::NotAsked | Said::NotSure => Check::open(
            about,
            Standing::NotKnown,
            "The question about thoughts of not living is open.",
            "A clinician asks.",
            Fixer::Nurse,
        ),
    }
}
