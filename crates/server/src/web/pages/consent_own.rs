//! A patient's own consents, in their language: what is to be signed and what was, the text in
//! short parts with room for a question at each, and a copy of what was signed.

use super::clock_face::ClockFace;
use super::my_frame::Frame;
use askama::Template;
use clinical::course::consent::text::{Filled, Kind};
use clinical::course::consent::{InForce, Question, Reason, Shown};
use clinical::course::screening::person::Product;
use clinical::leaflet::Language;
use clinical::patient::CivilDate;
use report::book::{Block, Chapter};
use units::Moment;

/// A medicine, as a patient reads it.
pub const fn product_says(product: Product, language: Language) -> &'static str {
    match (language, product) {
        (Language::English, Product::Racemic) => "Ketamine",
        (Language::English, Product::Esketamine) => "Esketamine nasal spray",
        (Language::Spanish, Product::Racemic) => "Ketamina",
        (Language::Spanish, Product::Esketamine) => "Esketamina en aerosol nasal",
    }
}

/// A day in a patient's language: `23 Nov 2026`, `23/11/2026`.
pub fn day(date: CivilDate, language: Language) -> String {
    match language {
        Language::English => super::clock_face::civil_date(date),
        Language::Spanish => format!("{:02}/{:02}/{}", date.day(), date.month(), date.year()),
    }
}

/// What a reason means to the patient.
pub const fn reason_says(reason: Reason, language: Language) -> &'static str {
    match (language, reason) {
        (Language::English, Reason::NotSigned) => "Please read it and sign.",
        (Language::English, Reason::OtherText) => {
            "The text has changed. Please read it again and sign."
        }
        (Language::English, Reason::Expired) => {
            "Your signature is too old now. Please read it again and sign."
        }
        (Language::English, Reason::Withdrawn) => {
            "You took your consent back. You get no more of this medicine unless you sign again."
        }
        (Language::English, Reason::MinorsNotTreated) => {
            "This clinic does not give this medicine to people under 18."
        }
        (Language::English, Reason::ClinicianMissing) => {
            "Your doctor or prescriber still talks with you and signs too."
        }
        (Language::English, Reason::GuardianMissing) => {
            "A parent or guardian still signs at the clinic."
        }
        (Language::English, Reason::AssentMissing) => {
            "Please read your own text, and say whether you agree."
        }
        (Language::English, Reason::NotReconfirmed) => {
            "Today is your visit. Please say whether you still want this."
        }
        (Language::English, Reason::NotSureToday) => {
            "You are not sure today. Somebody talks with you first."
        }
        (Language::English, Reason::NotToday) => {
            "You said no for today. You get no medicine today."
        }
        (Language::Spanish, Reason::NotSigned) => "Léalo y fírmelo, por favor.",
        (Language::Spanish, Reason::OtherText) => {
            "El texto cambió. Por favor, léalo de nuevo y fírmelo."
        }
        (Language::Spanish, Reason::Expired) => {
            "Su firma ya es demasiado antigua. Por favor, léalo de nuevo y fírmelo."
        }
        (Language::Spanish, Reason::Withdrawn) => {
            "Usted retiró su consentimiento. No recibe más esta medicina si no firma de nuevo."
        }
        (Language::Spanish, Reason::MinorsNotTreated) => {
            "Esta clínica no da esta medicina a menores de 18 años."
        }
        (Language::Spanish, Reason::ClinicianMissing) => {
            "Falta que su médico hable con usted y firme también."
        }
        (Language::Spanish, Reason::GuardianMissing) => {
            "Falta que su madre, su padre o su tutor firme en la clínica."
        }
        (Language::Spanish, Reason::AssentMissing) => {
            "Lea su propio texto, por favor, y diga si está de acuerdo."
        }
        (Language::Spanish, Reason::NotReconfirmed) => {
            "Hoy es su visita. Diga, por favor, si todavía lo quiere."
        }
        (Language::Spanish, Reason::NotSureToday) => {
            "Hoy tiene dudas. Primero hablará alguien con usted."
        }
        (Language::Spanish, Reason::NotToday) => {
            "Usted dijo que hoy no. Hoy no recibe ninguna medicina."
        }
    }
}

/// What a patient signs of a medicine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ToSign {
    /// The consent.
    Consent,
    /// Their own text as a minor.
    Assent,
    /// Nothing now.
    Nothing,
}

impl ToSign {
    /// What the answer asks of the patient.
    pub fn of(in_force: &InForce, minor: Option<bool>) -> Self {
        let InForce::Unmet(reasons) = in_force else {
            return Self::Nothing;
        };
        let asks = |reason: &Reason| match reason {
            Reason::NotSigned | Reason::OtherText | Reason::Expired => true,
            Reason::Withdrawn => minor != Some(true),
            Reason::AssentMissing => true,
            Reason::MinorsNotTreated
            | Reason::ClinicianMissing
            | Reason::GuardianMissing
            | Reason::NotReconfirmed
            | Reason::NotSureToday
            | Reason::NotToday => false,
        };
        if reasons.contains(&Reason::MinorsNotTreated) || !reasons.iter().any(asks) {
            Self::Nothing
        } else if minor == Some(true) {
            Self::Assent
        } else {
            Self::Consent
        }
    }
}

/// One medicine on the list.
#[derive(Clone, Debug)]
pub struct OwnLine {
    /// Which.
    pub product: Product,
    /// Whether it is in force.
    pub in_force: InForce,
    /// What is to be signed.
    pub to_sign: ToSign,
    /// Something was signed, and a copy can be opened.
    pub signed: bool,
    /// It was taken back.
    pub withdrawn: bool,
    /// A visit is today, and they are asked whether they still want this.
    pub asked_today: bool,
}

/// The list.
#[derive(Template)]
#[template(path = "consent_own.html")]
pub struct OwnConsents<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// Every medicine that the person is to be treated with.
    pub lines: Vec<OwnLine>,
}

/// The words of these pages, in one language.
pub struct Words {
    title: &'static str,
    why: &'static str,
    none: &'static str,
    read_and_sign: &'static str,
    read: &'static str,
    copy: &'static str,
    still_want: &'static str,
    yes: &'static str,
    not_sure: &'static str,
    no: &'static str,
    take_back: &'static str,
    take_back_says: &'static str,
    take_back_words: &'static str,
    take_back_do: &'static str,
    back: &'static str,
    listen: &'static str,
    stop: &'static str,
    ask_here: &'static str,
    your_question: &'static str,
    send: &'static str,
    questions: &'static str,
    waits: &'static str,
    sign: &'static str,
    agree: &'static str,
    asked: &'static str,
    assent_agree: &'static str,
    full: &'static str,
    name: &'static str,
    name_says: &'static str,
    sign_do: &'static str,
    version: &'static str,
    thanks: &'static str,
    print: &'static str,
    digest: &'static str,
}

const ENGLISH: Words = Words {
    title: "Your consent",
    why: "Before you get the medicine, you read what it does and what can go wrong. Then you decide. You can say no, and you can stop at any time. Your other care stays the same.",
    none: "There is nothing to sign yet. When your treatment is planned, the text stands here.",
    read_and_sign: "Read and sign",
    read: "Read the text",
    copy: "Your copy",
    still_want: "Do you still want this today?",
    yes: "Yes",
    not_sure: "I'm not sure",
    no: "No, not today",
    take_back: "Take my consent back",
    take_back_says: "You can do this at any time and need no reason. It counts at once: you get no more of this medicine. What was written down before stays in your record. If you want, tell us why.",
    take_back_words: "Why, if you want to say",
    take_back_do: "Yes, take it back now",
    back: "Back to your consent",
    listen: "Read it to me",
    stop: "Stop reading",
    ask_here: "Ask about this part",
    your_question: "Your question",
    send: "Send my question",
    questions: "Your questions",
    waits: "Somebody from the clinic will answer you before your doctor signs.",
    sign: "Your decision",
    agree: "I have read this text, and I agree to this treatment.",
    asked: "I could ask my questions.",
    assent_agree: "I have read this text, and I want this treatment.",
    full: "Read the long text that your parent or guardian signs",
    name: "Your full name",
    name_says: "Typing your name here is your signature.",
    sign_do: "Sign",
    version: "Version",
    thanks: "What you signed",
    print: "You can print this page, or come back to it at any time.",
    digest: "Check number of the exact text",
};

const SPANISH: Words = Words {
    title: "Su consentimiento",
    why: "Antes de recibir la medicina, usted lee qué hace y qué puede salir mal. Después decide. Puede decir que no, y puede parar en cualquier momento. El resto de su atención sigue igual.",
    none: "Todavía no hay nada que firmar. Cuando su tratamiento esté planeado, el texto estará aquí.",
    read_and_sign: "Leer y firmar",
    read: "Leer el texto",
    copy: "Su copia",
    still_want: "¿Todavía lo quiere hoy?",
    yes: "Sí",
    not_sure: "No lo sé",
    no: "No, hoy no",
    take_back: "Retirar mi consentimiento",
    take_back_says: "Puede hacerlo en cualquier momento y sin dar razones. Vale de inmediato: no recibe más esta medicina. Lo que se anotó antes queda en su historia. Si quiere, díganos por qué.",
    take_back_words: "Por qué, si quiere decirlo",
    take_back_do: "Sí, retirarlo ahora",
    back: "Volver a su consentimiento",
    listen: "Léamelo en voz alta",
    stop: "Dejar de leer",
    ask_here: "Preguntar sobre esta parte",
    your_question: "Su pregunta",
    send: "Enviar mi pregunta",
    questions: "Sus preguntas",
    waits: "Alguien de la clínica le contestará antes de que firme su médico.",
    sign: "Su decisión",
    agree: "He leído este texto y acepto este tratamiento.",
    asked: "Pude hacer mis preguntas.",
    assent_agree: "He leído este texto y quiero este tratamiento.",
    full: "Leer el texto largo que firma su madre, su padre o su tutor",
    name: "Su nombre completo",
    name_says: "Escribir aquí su nombre es su firma.",
    sign_do: "Firmar",
    version: "Versión",
    thanks: "Lo que usted firmó",
    print: "Puede imprimir esta página o volver a ella cuando quiera.",
    digest: "Número de control del texto exacto",
};

const fn words(language: Language) -> &'static Words {
    match language {
        Language::English => &ENGLISH,
        Language::Spanish => &SPANISH,
    }
}

impl OwnConsents<'_> {
    const fn words(&self) -> &'static Words {
        words(self.frame.language)
    }

    fn name(&self, line: &OwnLine) -> &'static str {
        product_says(line.product, self.frame.language)
    }

    /// How it stands, one sentence a reason.
    fn says(&self, line: &OwnLine) -> Vec<String> {
        let language = self.frame.language;
        match (&line.in_force, language) {
            (InForce::Met(until), Language::English) => {
                vec![format!("Signed. It holds until {}.", day(*until, language))]
            }
            (InForce::Met(until), Language::Spanish) => {
                vec![format!("Firmado. Vale hasta el {}.", day(*until, language))]
            }
            (InForce::Unmet(reasons), _) => reasons
                .iter()
                // Somebody who signs again needs to hear of nobody else yet.
                .filter(|reason| {
                    line.to_sign == ToSign::Nothing || **reason != Reason::ClinicianMissing
                })
                .map(|reason| reason_says(*reason, language).to_owned())
                .collect(),
            (InForce::Unknown, Language::English) => {
                vec!["The clinic does not know your date of birth. Please call.".to_owned()]
            }
            (InForce::Unknown, Language::Spanish) => {
                vec!["La clínica no sabe su fecha de nacimiento. Llame, por favor.".to_owned()]
            }
        }
    }

    /// The name of one of its forms.
    fn form(&self, act: &str, line: &OwnLine) -> String {
        format!("{act}-{}", line.product.word())
    }

    fn has_to_sign(&self, line: &OwnLine) -> bool {
        line.to_sign != ToSign::Nothing
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// The text, with what is signed at its end.
#[derive(Template)]
#[template(path = "consent_text.html")]
pub struct ConsentText<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// For which medicine.
    pub product: Product,
    /// The text.
    pub text: &'a Filled,
    /// What is signed: its digest, version and language.
    pub shown: &'a Shown,
    /// For whom the text is.
    pub kind: Kind,
    /// What the patient signs here.
    pub to_sign: ToSign,
    /// What they asked.
    pub questions: Vec<&'a Question>,
    /// Which day it is at the clinic.
    pub today: CivilDate,
    /// What was not done, in one sentence.
    pub problem: Option<&'a str>,
    /// The name that had been typed.
    pub typed: &'a str,
}

impl ConsentText<'_> {
    const fn words(&self) -> &'static Words {
        words(self.frame.language)
    }

    fn name(&self) -> &'static str {
        product_says(self.product, self.frame.language)
    }

    fn day(&self) -> String {
        day(self.today, self.frame.language)
    }

    /// The name of a question's form: each part has its own.
    fn ask_form(&self, part: impl std::fmt::Display) -> String {
        format!("ask-{part}-{}", self.product.word())
    }

    const fn signs(&self) -> bool {
        matches!(
            (self.to_sign, self.kind),
            (ToSign::Consent, Kind::Consent) | (ToSign::Assent, Kind::Assent)
        )
    }

    const fn is_assent(&self) -> bool {
        matches!(self.kind, Kind::Assent)
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }
}

/// One signature on a copy.
pub struct Signed {
    /// Who, as typed.
    pub name: String,
    /// In which capacity.
    pub role: Signer,
    /// When it was recorded.
    pub at: Option<Moment>,
}

/// In which capacity somebody signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signer {
    /// The patient.
    Patient,
    /// A guardian.
    Guardian,
    /// The minor, who agreed.
    Minor,
    /// The clinician who explained it.
    Clinician,
    /// The interpreter.
    Interpreter,
}

/// What was signed, exactly.
pub struct Paper {
    /// The text as it was kept.
    pub text: String,
    /// What was signed.
    pub shown: Shown,
    /// By whom.
    pub signed: Vec<Signed>,
}

/// The copy of what was signed.
#[derive(Template)]
#[template(path = "consent_copy.html")]
pub struct ConsentCopy<'a> {
    /// What stands around the page.
    pub frame: Frame<'a>,
    /// For which medicine.
    pub product: Product,
    /// What was signed.
    pub papers: Vec<Paper>,
}

impl ConsentCopy<'_> {
    const fn words(&self) -> &'static Words {
        words(self.frame.language)
    }

    fn name(&self) -> &'static str {
        product_says(self.product, self.frame.language)
    }

    fn line(&self, signed: &Signed) -> String {
        let language = self.frame.language;
        let role = match (language, signed.role) {
            (Language::English, Signer::Patient) => "you",
            (Language::English, Signer::Guardian) => "parent or guardian",
            (Language::English, Signer::Minor) => "you agreed",
            (Language::English, Signer::Clinician) => "explained it",
            (Language::English, Signer::Interpreter) => "interpreted",
            (Language::Spanish, Signer::Patient) => "usted",
            (Language::Spanish, Signer::Guardian) => "madre, padre o tutor",
            (Language::Spanish, Signer::Minor) => "usted está de acuerdo",
            (Language::Spanish, Signer::Clinician) => "lo explicó",
            (Language::Spanish, Signer::Interpreter) => "interpretó",
        };
        let clock: ClockFace<'_> = self.frame.around.clock();
        let at = signed.at.map_or_else(String::new, |at| match language {
            Language::English => format!(", {}", clock.full(at)),
            Language::Spanish => format!(", {}", clock.in_numbers(at)),
        });
        format!("{} ({role}){at}", signed.name)
    }

    /// The page.
    pub fn html(&self) -> String {
        super::written(self)
    }

    /// What the sheets are called.
    pub fn title(&self) -> String {
        format!("{}: {}", self.words().thanks, self.name())
    }

    /// When they were made, in one sentence.
    pub fn made(&self) -> String {
        let clock = self.frame.around.clock();
        let now = self.frame.around.now;
        match self.frame.language {
            Language::English => format!("Copy of what is kept, printed {}.", clock.full(now)),
            Language::Spanish => {
                format!(
                    "Copia de lo que se guarda, impresa: {}.",
                    clock.in_numbers(now)
                )
            }
        }
    }

    /// The same as sheets are set from it: each text exactly as it was signed, with its digest.
    pub fn blocks(&self) -> Vec<Block> {
        let words = self.words();
        let mut sheet = Chapter::default();
        for paper in &self.papers {
            sheet.list(paper.signed.iter().map(|one| self.line(one)).collect());
            let below = format!(
                "{} {}. {}: {}",
                words.version, paper.shown.version, words.digest, paper.shown.text
            );
            sheet.quote(&paper.text, below);
        }
        sheet.blocks
    }
}

/// Ana's list, in Spanish: nothing is signed yet.
pub fn sample() -> OwnConsents<'static> {
    OwnConsents {
        frame: super::my_frame::sample::frame("/my/consent", Language::Spanish),
        lines: vec![OwnLine {
            product: Product::Racemic,
            in_force: InForce::Unmet(vec![Reason::NotSigned]),
            to_sign: ToSign::Consent,
            signed: false,
            withdrawn: false,
            asked_today: false,
        }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_to_be_signed_is_said_first_and_leads_to_its_text() {
        let html = sample().html();
        assert!(html.contains("Léalo y fírmelo"), "{html}");
        assert!(html.contains("/my/consent/racemic-ketamine"));
    }

    #[test]
    fn a_minor_is_asked_for_their_own_text_and_never_for_the_consent() {
        let unmet = |reason| InForce::Unmet(vec![reason]);
        assert_eq!(
            ToSign::of(&unmet(Reason::AssentMissing), Some(true)),
            ToSign::Assent
        );
        assert_eq!(
            ToSign::of(&unmet(Reason::MinorsNotTreated), Some(true)),
            ToSign::Nothing
        );
        assert_eq!(
            ToSign::of(&unmet(Reason::NotSigned), Some(false)),
            ToSign::Consent
        );
        assert_eq!(ToSign::of(&InForce::Unknown, None), ToSign::Nothing);
    }
}
