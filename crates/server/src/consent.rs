//! Consent: what is shown and signed, and whether it is in force, asked anew each time with every
//! reason why not and who can put it right.

use crate::application::Application;
use crate::consent_withdrawn::tell_rooms;
use crate::fault::Fault;
use crate::journey::{self, Change, Saved};
use crate::patients;
use crate::rules_in_force::InForce as RulesInForce;
use crate::web::pages::clock_face::{civil_date, today};
use crate::web::respond::Refused;
use anyhow::Context as _;
use clinical::course::consent::text::{Filled, Filling, Kind};
use clinical::course::consent::text_file::is_given_to_minors;
use clinical::course::consent::{
    Asked, Command, ConsentEvent, Consents, Context, Happened, InForce, Reason, Shown, decide,
};
use clinical::course::screening::person::Product;
use clinical::leaflet::Language;
use clinical::patient::{CivilDate, Patient, age_in_years};
use clinical::policy::{Quantity, Unit};
use clinical::record::{Actor, CommandId, PatientId};
use std::collections::BTreeSet;
use std::sync::Arc;
use store::{CourseRow, Document};
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
    let consents = read(application, patient).await?;
    let person = Person::of(application, known.as_ref(), at)?;
    person.standing(application, &consents, product, at_dose)
}

/// What of a person's consents is not in force at a moment, by medicine.
pub async fn outstanding(
    application: &Application,
    patient: PatientId,
    at: Moment,
) -> Result<Vec<(Product, ConsentStanding)>, Fault> {
    let mut open = Vec::new();
    for product in relevant(application, patient).await? {
        let found = standing(application, patient, product, at, false).await?;
        if !matches!(found.in_force, InForce::Met(_)) {
            open.push((product, found));
        }
    }
    Ok(open)
}

/// A person's consents, as they stand.
///
/// Of two records that were merged, the one that stays counts. What was signed in the other is
/// asked again; what was taken back there is taken back, unless it was signed here since.
// Hazard: H25
pub async fn read(application: &Application, id: PatientId) -> Result<Consents, Fault> {
    let Some(known) = patients::read(application, id).await? else {
        return Ok(Consents::default());
    };
    let elsewhere = taken_back_elsewhere(application, &known).await?;
    let kept = journey::read::<Consents>(application, stays(&known, id).0).await?;
    Ok(with(kept.state, &elsewhere))
}

/// What a person took back in records that were merged into theirs.
async fn taken_back_elsewhere(
    application: &Application,
    known: &Patient,
) -> Result<Vec<Happened>, Fault> {
    let mut all = Vec::new();
    for merged in &known.took_in {
        let other = journey::read::<Consents>(application, merged.from.0).await?;
        let history = other.state.history.into_iter();
        all.extend(
            history.filter(|one| matches!(one.event, ConsentEvent::ConsentWithdrawn { .. })),
        );
    }
    Ok(all)
}

/// The same consents, with what was taken back elsewhere since they were signed.
fn with(mut consents: Consents, elsewhere: &[Happened]) -> Consents {
    for happened in elsewhere {
        if let ConsentEvent::ConsentWithdrawn { product, .. } = &happened.event
            && !consents.was_signed_after(*product, happened.at)
        {
            consents.absorb(&happened.event);
            consents.history.push(happened.clone());
        }
    }
    consents
}

/// The record that stays of a person's.
fn stays(known: &Patient, id: PatientId) -> PatientId {
    let registration = known.registration.as_ref();
    registration.map_or(id, |registration| registration.patient)
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
        Self::by(application, &application.in_force(), patient, at)
    }

    /// The same, by other rules.
    fn by(
        application: &Application,
        rules: &RulesInForce,
        patient: Option<&Patient>,
        at: Moment,
    ) -> Result<Self, Fault> {
        let today = today(at, &application.zone)
            .ok_or_else(|| Fault(anyhow::anyhow!("the day is outside the calendar")))?;
        let adult = rules
            .value("eligibility", "adult_age")
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
    ) -> Result<ConsentStanding, Fault> {
        let rules = application.in_force();
        let texts = Adopted::of(application, &rules, product);
        Ok(said(
            self.in_force(&rules, &texts, consents, product, at_dose),
        ))
    }

    fn in_force(
        &self,
        rules: &RulesInForce,
        texts: &Adopted,
        consents: &Consents,
        product: Product,
        at_dose: bool,
    ) -> InForce {
        consents.in_force(&Asked {
            product,
            today: self.today,
            adopted: &texts.consent,
            adopted_for_minors: &texts.assent,
            holds_months: rules.consent.holds_months,
            minor: self.minor,
            minors_treated: minors_treated(rules, product),
            at_dose,
        })
    }
}

/// The digests of the texts that can be signed for a medicine, in every language.
#[derive(Debug, PartialEq, Eq)]
struct Adopted {
    consent: Vec<String>,
    assent: Vec<String>,
}

impl Adopted {
    fn of(application: &Application, rules: &RulesInForce, product: Product) -> Self {
        let digests = |kind| {
            let texts = in_every_language(application, rules, product, kind).into_iter();
            texts.map(|text| text.shown.text).collect()
        };
        Self {
            consent: digests(Kind::Consent),
            assent: digests(Kind::Assent),
        }
    }
}

/// What other rules would change about whose consent is in force.
pub struct OtherRules {
    before: Arc<RulesInForce>,
    after: Arc<RulesInForce>,
    /// By medicine: the texts of the rules in force, and those of the others.
    texts: Vec<(Product, Adopted, Adopted)>,
}

impl OtherRules {
    /// Of the rules in force and others.
    pub fn of(
        application: &Application,
        before: Arc<RulesInForce>,
        after: Arc<RulesInForce>,
    ) -> Self {
        let texts = Product::ALL.iter().map(|product| {
            let of = |rules| Adopted::of(application, rules, *product);
            (*product, of(&before), of(&after))
        });
        Self {
            texts: texts.collect(),
            before,
            after,
        }
    }

    /// True when nobody's consent can be touched.
    pub fn change_nothing(&self) -> bool {
        let adult_age = |rules: &RulesInForce| rules.value("eligibility", "adult_age");
        self.before.consent == self.after.consent
            && adult_age(&self.before) == adult_age(&self.after)
            && self.texts.iter().all(|(product, before, after)| {
                before == after
                    && minors_treated(&self.before, *product)
                        == minors_treated(&self.after, *product)
            })
    }

    /// What would newly stand against a person's consents, by medicine; nothing where somebody
    /// still has to sign or took it back as it is.
    // Hazard: H27
    pub async fn stand_against(
        &self,
        application: &Application,
        patient: PatientId,
        at: Moment,
    ) -> Result<Vec<(Product, Vec<Reason>)>, Fault> {
        let known = patients::read(application, patient).await?;
        let consents = read(application, patient).await?;
        let before = Person::by(application, &self.before, known.as_ref(), at)?;
        let after = Person::by(application, &self.after, known.as_ref(), at)?;
        let mut all = Vec::new();
        for (product, of_before, of_after) in &self.texts {
            let now = before.in_force(&self.before, of_before, &consents, *product, false);
            let then = after.in_force(&self.after, of_after, &consents, *product, false);
            if let (InForce::Met(_), InForce::Unmet(reasons)) = (now, then) {
                all.push((*product, reasons));
            }
        }
        Ok(all)
    }
}

fn said(in_force: InForce) -> ConsentStanding {
    let (says, remedy) = match &in_force {
        InForce::Met(until) => (
            format!("Consent is in force until {}.", civil_date(*until)),
            "",
        ),
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
pub fn minors_treated(rules: &RulesInForce, product: Product) -> bool {
    let switch = rules.value("eligibility", "adolescent_programme");
    is_given_to_minors(product) && switch.is_some_and(|switch: Quantity| !switch.value.is_zero())
}

/// A text as it is shown: filled with the rules in force.
#[derive(Clone, Debug)]
pub struct ShownText {
    /// What is signed.
    pub shown: Shown,
    /// The text.
    pub filled: Filled,
}

/// The adopted text of a kind for a medicine, in a language, filled with the rules in force; none
/// where nobody may agree to it.
pub fn text(
    application: &Application,
    product: Product,
    kind: Kind,
    language: Language,
) -> Option<ShownText> {
    text_by(
        application,
        &application.in_force(),
        product,
        kind,
        language,
    )
}

/// The same, filled with other rules.
fn text_by(
    application: &Application,
    rules: &RulesInForce,
    product: Product,
    kind: Kind,
    language: Language,
) -> Option<ShownText> {
    let text = application.consents().find(product, kind)?;
    let filling = Filling {
        value: &|policy, parameter| rules.value(policy, parameter),
    };
    let filled = text.filled(language, &filling);
    Some(ShownText {
        shown: Shown {
            text: filled.digest.clone(),
            version: text.version,
            language,
        },
        filled,
    })
}

/// The same in every language.
fn in_every_language(
    application: &Application,
    rules: &RulesInForce,
    product: Product,
    kind: Kind,
) -> Vec<ShownText> {
    Language::ALL
        .into_iter()
        .filter_map(|language| text_by(application, rules, product, kind, language))
        .collect()
}

/// What somebody wants of a consent.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Made by the client before sending; executed exactly once.
    pub command_id: CommandId,
    /// Who.
    pub actor: Actor,
    /// True when the one who is signed in is the patient, in whatever role.
    pub is_the_patient: bool,
    /// Whose consent.
    pub patient: PatientId,
    /// For which medicine.
    pub product: Product,
    /// What.
    pub command: Command,
    /// The language in which a no is told.
    pub language: Language,
}

/// Decides and writes. After `Ok` it is durable, and so is every text that it names.
// Hazard: H25
pub async fn act(application: &Application, wanted: Wanted) -> Result<Saved, Refused> {
    let known = patients::read(application, wanted.patient)
        .await?
        .ok_or(Refused::NotFound)?;
    let in_force = application.in_force();
    let of_kind = |kind| in_every_language(application, &in_force, wanted.product, kind);
    let (consent, assent) = (of_kind(Kind::Consent), of_kind(Kind::Assent));
    let signed = match &wanted.command {
        Command::SignConsent { text, .. }
        | Command::SignAsGuardian { text, .. }
        | Command::GiveAssent { text, .. } => Some(text),
        Command::AskQuestion { .. }
        | Command::AnswerQuestion { .. }
        | Command::SignAsClinician { .. }
        | Command::NoteCopy { .. }
        | Command::Reconfirm { .. }
        | Command::Withdraw { .. } => None,
    };
    let all = consent.iter().chain(&assent);
    for text in all.filter(|text| signed == Some(&text.shown.text)) {
        // The text is durable before the event that names its digest.
        let document = Document::new(TEXT, text.filled.plain.clone().into_bytes());
        application
            .store
            .put_document(application.tenant, document)
            .await
            .context("keeping a text of consent")
            .map_err(Fault)?;
    }
    let shown = |texts: &[ShownText]| texts.iter().map(|text| text.shown.clone()).collect();
    let (adopted, adopted_for_minors): (Vec<Shown>, Vec<Shown>) = (shown(&consent), shown(&assent));
    let visit = if let Command::Reconfirm { visit, .. } = &wanted.command {
        *visit
    } else {
        None
    };
    let rules = Arc::clone(&in_force.consent);
    let patient = stays(&known, wanted.patient);
    let elsewhere = taken_back_elsewhere(application, &known).await?;
    let change = Change {
        command_id: wanted.command_id,
        actor: wanted.actor.clone(),
        at: None,
        id: patient.0,
        patient: Some(patient),
        session: visit,
        action: "consent",
        wanted: format!("{:?}", wanted.command),
    };
    let taken_back = matches!(wanted.command, Command::Withdraw { .. });
    let saved = journey::change::<Consents, Refused>(application, change, |consents, now| {
        let person = Person::of(application, Some(&known), now)?;
        let context = Context {
            today: person.today,
            actor: &wanted.actor,
            patient: wanted.patient,
            is_the_patient: wanted.is_the_patient,
            adopted: &adopted,
            adopted_for_minors: &adopted_for_minors,
            holds_months: rules.holds_months,
            renewal_days: rules.renewal_days,
            minor: person.minor,
            minors_treated: minors_treated(&in_force, wanted.product),
        };
        let consents = with(consents.clone(), &elsewhere);
        decide(&consents, wanted.command.clone(), &context)
            .map_err(|refusal| Refused::Ruled(refusal.says(wanted.language)))
    })
    .await?;
    if taken_back && let Err(fault) = tell_rooms(application).await {
        // It is taken back, whatever became of telling: the rooms are told again soon.
        tracing::error!(cause = format!("{:#}", fault.0), "telling a room failed");
    }
    Ok(saved)
}

/// What a kept text is.
const TEXT: &str = "text/plain; charset=utf-8";

/// A text that somebody signed, as it was kept; none when nothing of this digest was.
pub async fn kept_text(application: &Application, digest: &str) -> Result<Option<String>, Fault> {
    let mut bytes = [0; 32];
    if hex::decode_to_slice(digest, &mut bytes).is_err() {
        return Ok(None);
    }
    let document = application
        .store
        .document(application.tenant, &bytes)
        .await
        .context("reading a text of consent")?;
    Ok(document
        .filter(|document| document.media_type == TEXT)
        .and_then(|document| String::from_utf8(document.bytes).ok()))
}

/// The medicines that a person is to be treated with, or has something on file for: from the
/// book, the preparations, the prescriber's acceptance, and what was signed.
pub async fn relevant(
    application: &Application,
    patient: PatientId,
) -> Result<Vec<Product>, Fault> {
    let rows = application
        .store
        .course_rows_of(application.tenant, patient)
        .await
        .context("reading a person's rows")?;
    let named: BTreeSet<Product> = rows.iter().filter_map(product_of).collect();
    Ok(Product::ALL
        .iter()
        .copied()
        .filter(|product| named.contains(product))
        .collect())
}

/// The medicine that a row of a person's is about; none where it is over.
pub fn product_of(row: &CourseRow) -> Option<Product> {
    let over = matches!(
        (row.part.as_str(), row.state.as_str()),
        ("visit", "cancelled" | "missed")
            | ("preparation", "withdrawn")
            | ("screening", "declined")
    );
    let summary: serde_json::Value = serde_json::from_str(&row.summary).ok()?;
    let named = match row.part.as_str() {
        "visit" => summary.get("visit")?.get("product"),
        "preparation" | "screening" | "consent" => summary.get("product"),
        _other => None,
    };
    named
        .filter(|_| !over)
        .and_then(serde_json::Value::as_str)
        .and_then(Product::of_word)
}
