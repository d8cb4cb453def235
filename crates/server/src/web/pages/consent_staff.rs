//! A person's consents, for staff: how each stands and why, the questions that wait, the
//! clinician's and a guardian's signature, and everything that happened.

use super::around::Around;
use super::clock_face::civil_date;
use super::identity_strip::IdentityStrip;
use askama::Template;
use clinical::course::consent::{
    ConsentEvent, Consents, CopyWay, Happened, InForce, Interpreting, Meeting, Question, Shown,
    Signature, Wish,
};
use clinical::course::screening::person::Product;
use clinical::patient::Patient;
use clinical::record::{Actor, Role};

/// The page.
#[derive(Template)]
#[template(path = "consent_staff.html")]
pub struct ConsentStaff<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who it is.
    pub strip: IdentityStrip,
    /// The page's address.
    pub here: String,
    /// Every medicine that the person is to be treated with.
    pub lines: Vec<StaffLine<'a>>,
    /// Everything that happened, the newest first.
    pub history: Vec<HistoryLine>,
    /// What was not done, in one sentence.
    pub not_done: Option<&'a str>,
    /// True for those who may write here.
    pub may_act: bool,
    /// True for those who may sign as the clinician.
    pub may_sign: bool,
}

/// One medicine.
pub struct StaffLine<'a> {
    /// Which.
    pub product: Product,
    /// In force or not.
    pub in_force: InForce,
    /// The answer in plain sentences.
    pub says: String,
    /// What would change it, and who can.
    pub remedy: &'static str,
    /// What was signed.
    pub signature: Option<&'a Signature>,
    /// The texts of today, one for each language.
    pub texts: Vec<Shown>,
    /// The questions of this person about the medicine.
    pub questions: Vec<&'a Question>,
    /// Everything else is there, so that the clinician can sign.
    pub may_countersign: bool,
    /// A guardian's signature is what is missing.
    pub wants_guardian: bool,
    /// A copy was given.
    pub copied: bool,
    /// There is something to take back.
    pub may_withdraw: bool,
}

/// One line of what happened.
pub struct HistoryLine {
    /// When.
    pub when: String,
    /// What, and who did it.
    pub says: String,
    /// The text that it was about.
    pub text: Option<String>,
}

impl StaffLine<'_> {
    /// The name of one of its forms.
    fn form(&self, act: &str) -> String {
        format!("{act}-{}", self.product.word())
    }

    const fn is_met(&self) -> bool {
        matches!(self.in_force, InForce::Met(_))
    }

    fn signature_says(&self) -> String {
        self.signature.map_or_else(
            || "Nobody has signed.".to_owned(),
            |signature| {
                format!(
                    "Signed by {} on {}: version {}, {}.",
                    signature.typed_name,
                    civil_date(signature.on),
                    signature.shown.version,
                    signature.shown.language.says()
                )
            },
        )
    }

    fn open(&self) -> Vec<&Question> {
        let all = self.questions.iter().copied();
        all.filter(|question| question.answer.is_none()).collect()
    }

    fn answered(&self) -> Vec<(&Question, &str)> {
        let all = self.questions.iter().copied();
        all.filter_map(|question| Some((question, question.answer.as_deref()?)))
            .collect()
    }
}

impl ConsentStaff<'_> {
    const fn meetings(&self) -> [Meeting; 2] {
        Meeting::ALL
    }

    const fn ways(&self) -> [CopyWay; 3] {
        CopyWay::ALL
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// What a person says of a day, for staff.
pub const fn wish_says(wish: Wish) -> &'static str {
    match wish {
        Wish::Yes => "yes",
        Wish::NotSure => "not sure",
        Wish::No => "no",
    }
}

/// Everything that happened, the newest first.
pub fn history(consents: &Consents, around: &Around<'_>) -> Vec<HistoryLine> {
    let line = |happened: &Happened| {
        let (says, text) = happened_says(&happened.event);
        HistoryLine {
            when: around.clock().when(happened.at),
            says: format!("{says} ({})", who(&happened.by)),
            text: text.map(str::to_owned),
        }
    };
    consents.history.iter().rev().map(line).collect()
}

fn who(actor: &Actor) -> String {
    match actor {
        Actor::Person { name, role, .. } => match role {
            Role::Patient => format!("{name}, patient"),
            Role::FrontDesk
            | Role::Nurse
            | Role::Prescriber
            | Role::Therapist
            | Role::MedicalDirector
            | Role::Owner
            | Role::Auditor
            | Role::IntegrationClient => {
                format!("{name}, {}", super::around::role_says(*role))
            }
        },
        Actor::Device { name } => name.clone(),
        Actor::System { part } => part.clone(),
    }
}

fn happened_says(event: &ConsentEvent) -> (String, Option<&str>) {
    let signed = |who: &str, name: &str, product: &Product, shown: &Shown| {
        format!(
            "{who} signed for {} as “{name}”: version {}, {}",
            product.says(),
            shown.version,
            shown.language.says()
        )
    };
    match event {
        ConsentEvent::ConsentSigned {
            product,
            shown,
            typed_name,
            ..
        } => (
            signed("The patient", typed_name, product, shown),
            Some(&shown.text),
        ),
        ConsentEvent::GuardianSigned {
            product,
            shown,
            typed_name,
            relationship,
            ..
        } => (
            signed(
                &format!("A guardian ({relationship})"),
                typed_name,
                product,
                shown,
            ),
            Some(&shown.text),
        ),
        ConsentEvent::AssentGiven {
            product,
            shown,
            typed_name,
            ..
        } => (
            signed("The young person agreed and", typed_name, product, shown),
            Some(&shown.text),
        ),
        ConsentEvent::ClinicianSigned {
            product,
            text,
            explained,
        } => {
            let interpreting = match &explained.interpreting {
                Interpreting::NotNeeded => "no interpreter was needed".to_owned(),
                Interpreting::By { name, attests } => format!("interpreted by {name}: “{attests}”"),
            };
            (
                format!(
                    "{} explained {} {} and signed; {interpreting}",
                    explained.signed_as,
                    product.says(),
                    explained.way.says()
                ),
                Some(text),
            )
        }
        ConsentEvent::QuestionAsked { about, words, .. } if about.is_empty() => {
            (format!("Asked: “{words}”"), None)
        }
        ConsentEvent::QuestionAsked { about, words, .. } => {
            (format!("Asked about “{about}”: “{words}”"), None)
        }
        ConsentEvent::QuestionAnswered { words, .. } => (format!("Answered: “{words}”"), None),
        ConsentEvent::CopyGiven { product, text, way } => (
            format!("A copy for {} was given {}", product.says(), way.says()),
            Some(text),
        ),
        ConsentEvent::ConsentReconfirmed {
            product, on, wish, ..
        } => (
            format!(
                "Asked on {} whether they still want {}: {}",
                civil_date(*on),
                product.says(),
                wish_says(*wish)
            ),
            None,
        ),
        ConsentEvent::ConsentWithdrawn { product, words } => {
            let words = if words.is_empty() {
                String::new()
            } else {
                format!(": “{words}”")
            };
            (
                format!("The consent for {} was taken back{words}", product.says()),
                None,
            )
        }
    }
}

/// A text as it was signed, or as it is adopted, to read and to print.
#[derive(Template)]
#[template(path = "consent_paper.html")]
pub struct ConsentPaper<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// Who it is.
    pub strip: IdentityStrip,
    /// The way back.
    pub back: String,
    /// The text.
    pub text: String,
    /// Its language.
    pub language: &'static str,
    /// Its digest.
    pub digest: &'a str,
    /// True where it is a text of today, false where it is an older one that was signed.
    pub adopted: bool,
}

impl ConsentPaper<'_> {
    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// Whose chart, by the strip at its head.
pub fn strip(patient: &Patient, around: &Around<'_>) -> IdentityStrip {
    IdentityStrip::of(patient, around.now, around.zone)
}

/// A person of whom nothing is signed yet.
pub fn sample() -> ConsentStaff<'static> {
    let around = super::around::sample::around("/patients/1/consent");
    ConsentStaff {
        strip: strip(&Patient::default(), &around),
        around,
        here: "/patients/1/consent".to_owned(),
        lines: vec![StaffLine {
            product: Product::Racemic,
            in_force: InForce::Unmet(Vec::new()),
            says: "The patient has not signed the consent.".to_owned(),
            remedy: "The patient reads and signs it.",
            signature: None,
            texts: Vec::new(),
            questions: Vec::new(),
            may_countersign: false,
            wants_guardian: false,
            copied: false,
            may_withdraw: false,
        }],
        history: Vec::new(),
        not_done: None,
        may_act: true,
        may_sign: false,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn what_is_missing_is_said_with_its_remedy_and_nothing_can_be_signed_under_nothing() {
        let html = super::sample().html();
        assert!(html.contains("The patient has not signed the consent."));
        assert!(html.contains("The patient reads and signs it."));
        assert!(!html.contains("name=\"password\""));
    }
}
