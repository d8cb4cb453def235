//! Consent: whether it is in force, asked anew each time, and who can put right what is missing.

use crate::application::Application;
use crate::fault::Fault;
use crate::journey::{self, Kept};
use crate::patients;
use crate::web::pages::clock_face::today;
use clinical::course::consent::{Asked, Consents, InForce, Reason, Shown};
use clinical::course::screening::person::Product;
use clinical::patient::{CivilDate, Patient, age_in_years};
use clinical::policy::{Quantity, Unit};
use clinical::record::PatientId;
use units::Moment;

/// Whether a consent is in force, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentStanding {
    /// The answer, with every reason.
    pub in_force: InForce,
    /// The answer in plain sentences.
    pub says: String,
    /// What would change it, and who can do that, in one sentence; empty while it is in force.
    pub remedy: &'static str,
}

/// Whether the consent of a person for a medicine is in force at a moment, asked now: the text of
/// today's rules, the person of that day. `at_dose` asks too whether they were asked that day.
// Hazard: H25
pub async fn standing(
    application: &Application,
    patient: PatientId,
    product: Product,
    at: Moment,
    at_dose: bool,
) -> Result<ConsentStanding, Fault> {
    let known = patients::read(application, patient).await?;
    let consents = read(application, patient).await?.state;
    let person = Person::of(application, known.as_ref(), at)?;
    Ok(person.standing(application, &consents, product, at_dose))
}

/// A person's consents, as they stand.
pub async fn read(application: &Application, id: PatientId) -> Result<Kept<Consents>, Fault> {
    journey::read::<Consents>(application, id.0).await
}

/// What consent must know of a person on a day.
#[derive(Clone, Copy, Debug)]
pub struct Person {
    /// The day, in the clinic's time zone.
    pub today: CivilDate,
    /// Whether they are a minor; `None` when the birth date is not known.
    pub minor: Option<bool>,
}

impl Person {
    /// As registered, on the day of a moment at the clinic.
    pub fn of(
        application: &Application,
        patient: Option<&Patient>,
        at: Moment,
    ) -> Result<Self, Fault> {
        let today = today(at, &application.zone)
            .ok_or_else(|| Fault(anyhow::anyhow!("the day is outside the calendar")))?;
        let adult = application
            .value_in_force("eligibility", "adult_age")
            .filter(|age| age.unit == Unit::Years)
            .and_then(|age| u16::try_from(age.value).ok());
        let age = patient
            .and_then(|known| known.registration.as_ref())
            .and_then(|known| age_in_years(known.birth_date, today));
        Ok(Self {
            today,
            minor: age.zip(adult).map(|(age, adult)| age < adult),
        })
    }

    /// Whether a consent is in force on that day.
    pub fn standing(
        &self,
        application: &Application,
        consents: &Consents,
        product: Product,
        at_dose: bool,
    ) -> ConsentStanding {
        let digests = |shown: Vec<Shown>| shown.into_iter().map(|shown| shown.text).collect();
        let adopted: Vec<String> = digests(adopted(application, product));
        let adopted_for_minors: Vec<String> = digests(adopted_for_minors(application, product));
        let in_force = consents.in_force(&Asked {
            product,
            today: self.today,
            adopted: &adopted,
            adopted_for_minors: &adopted_for_minors,
            holds_months: application.in_force().consent.holds_months,
            minor: self.minor,
            minors_treated: minors_treated(application, product),
            at_dose,
        });
        said(in_force)
    }
}

fn said(in_force: InForce) -> ConsentStanding {
    let (says, remedy) = match &in_force {
        InForce::Met(until) => (format!("Consent is in force until {until}."), ""),
        InForce::Unmet(reasons) => (
            reasons
                .iter()
                .map(|reason| reason.says())
                .collect::<Vec<_>>()
                .join(" "),
            reasons
                .first()
                .map_or("", |reason: &Reason| reason.remedy()),
        ),
        InForce::Unknown => (
            "Whether the person is a minor is not known: the birth date is missing.".to_owned(),
            "The front desk enters the birth date.",
        ),
    };
    ConsentStanding {
        in_force,
        says,
        remedy,
    }
}

/// Whether minors are treated with a medicine. Esketamine never is given to them.
/// Source: clinical.md §1.1; the switch is the one that screening reads.
pub fn minors_treated(application: &Application, product: Product) -> bool {
    let switch = application.value_in_force("eligibility", "adolescent_programme");
    match product {
        Product::Racemic => switch.is_some_and(|switch: Quantity| !switch.value.is_zero()),
        Product::Esketamine => false,
    }
}

/// The adopted texts for a medicine, one for each language, filled with the rules in force.
///
/// No text ships yet: nothing that anybody could have signed is adopted, and no consent is in
/// force.
const fn adopted(_application: &Application, _product: Product) -> Vec<Shown> {
    Vec::new()
}

/// The same of the texts for minors.
const fn adopted_for_minors(_application: &Application, _product: Product) -> Vec<Shown> {
    Vec::new()
}
