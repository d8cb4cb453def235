//! The reviewing clinician's one page: what stands against treatment first, each finding openable
//! to its source, then what is missing, medicines, scales and letters, then the decision.

use super::around::Around;
use super::clearances::standing_says;
use super::clock_face::{ClockFace, civil_date};
use super::gate::roles_say;
use super::identity_strip::IdentityStrip;
use askama::Template;
use clinical::course::clearance::{Clearances, Lifts, Times};
use clinical::course::screening::medicine::{Medicine, MedicineList, Use};
use clinical::course::screening::person::{
    Answer, Phase, Product, Route, Scale, Scored, Source, Witness,
};
use clinical::course::screening::{
    Acceptance, Cleared, Decided, Evidence, Found, Level, Person, Question, Screening, Signed,
};
use clinical::patient::{CivilDate, Patient};
use clinical::policy::Outcome;
use clinical::record::{Actor, Role};
use std::collections::BTreeSet;

/// The review of one person.
pub struct ReviewPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The person.
    pub patient: &'a Patient,
    /// What is known of them.
    pub person: &'a Person,
    /// The rules' answer at this moment, for what is planned.
    pub now: &'a Screening,
    /// What was asked last, and what was decided.
    pub acceptance: &'a Acceptance,
    /// Their letters.
    pub letters: &'a Clearances,
    /// The clinic's times for letters.
    pub times: Times,
    /// Which day it is at the clinic.
    pub today: CivilDate,
    /// The list by which medicines are matched.
    pub medicines: &'a MedicineList,
    /// What needs a person today, by the history.
    pub flags: Vec<Flag>,
    /// Scales that were filled in, besides those that rules use.
    pub scales: Vec<ScaleLine>,
    /// Questions that the patient was asked and has not answered yet.
    pub asked: BTreeSet<String>,
    /// Where facts are entered; `None` where this viewer may not enter any.
    pub history: Option<String>,
    /// Questions that can be put to the patient by one tap.
    pub can_be_asked: BTreeSet<String>,
    /// What was not done, in one sentence, with what had been typed.
    pub not_done: Option<(&'a str, &'a [(String, String)])>,
}

/// An answer that needs a person today.
pub struct Flag {
    /// Its name, for whoever sees to it.
    pub name: String,
    /// What it is, in words.
    pub says: String,
    /// What to do.
    pub action: String,
    /// Who answered, and when.
    pub by: String,
}

/// A scale with its score.
pub struct ScaleLine {
    /// Its title.
    pub title: String,
    /// The score and its highest, or that it was not done.
    pub score: String,
    /// The band, where one is known.
    pub band: String,
    /// Who filled it in, and when.
    pub by: String,
}

#[derive(Template)]
#[template(path = "review.html")]
struct Page<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    here: String,
    clearances: String,
    not_done: Option<&'a str>,
    standing: &'static str,
    standing_says: String,
    summary: String,
    blocks: bool,
    flags: &'a [Flag],
    groups: Vec<Group>,
    met: Vec<(String, String)>,
    met_count: usize,
    not_about: usize,
    missing: Vec<Missing>,
    medicines: Vec<MedicineLine>,
    medicines_say: Option<String>,
    list_version: u32,
    to_code: Vec<String>,
    scales: Vec<ScaleLine>,
    letters: Vec<(String, &'static str, String, bool)>,
    adds: Vec<&'a str>,
    plan: Plan,
    fresh: bool,
    seen: i64,
    cautions: Vec<(String, String, String)>,
    holds: Vec<Hold>,
    beyond: Vec<String>,
    may_act: bool,
    may_decide: bool,
    decided: bool,
    statement: String,
    decline: String,
    history: Option<&'a str>,
}

/// Findings of one level.
struct Group {
    word: &'static str,
    heading: String,
    lines: Vec<Line>,
}

/// One finding in words.
struct Line {
    requirement: String,
    short: String,
    says: String,
    needed: String,
    found: String,
    remedy: String,
    met_at: Option<String>,
    letter: Option<String>,
    /// Who may pass over it, where it blocks.
    who: Option<String>,
    source: String,
    policy: String,
    version: u32,
    unverified: bool,
    adds: Vec<String>,
    evidence: Vec<(String, String, String)>,
    wants_letter: bool,
}

/// A question without an answer, and the rules that wait for it.
struct Missing {
    question: String,
    says: String,
    state: &'static str,
    rules: String,
    can_be_asked: bool,
    is_asked: bool,
}

struct MedicineLine {
    words: String,
    dose: String,
    status: &'static str,
    classes: String,
    known: bool,
    findings: Vec<(String, String)>,
}

/// A hold that this viewer may pass.
struct Hold {
    requirement: String,
    short: String,
    says: String,
    second: bool,
    reason: String,
    second_name: String,
}

/// What is planned, as the form shows it.
struct Plan {
    says: String,
    products: Vec<(&'static str, &'static str, bool)>,
    routes: Vec<(&'static str, &'static str, bool)>,
    phases: Vec<(&'static str, &'static str, bool)>,
    on: CivilDate,
}

/// A level as a heading.
const fn level_heading(level: Level) -> (&'static str, &'static str) {
    match level {
        Level::Exclude => ("exclude", "Excludes treatment"),
        Level::Clearance => ("clearance", "Needs a letter from outside"),
        Level::Incomplete => ("incomplete", "Blocks while there is no answer"),
        Level::HoldToday => ("hold-today", "Holds until corrected or passed"),
        Level::Caution => ("caution", "Caution: needs a plan"),
        Level::Info => ("info", "To know"),
        Level::Clear => ("clear", "Clear"),
    }
}

/// Every level, gravest first.
const LEVELS: [Level; 6] = [
    Level::Exclude,
    Level::Clearance,
    Level::Incomplete,
    Level::HoldToday,
    Level::Caution,
    Level::Info,
];

impl ReviewPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let clock = self.around.clock();
        let role = self.around.viewer.map(|viewer| viewer.role);
        let id = self
            .patient
            .registration
            .as_ref()
            .map_or_else(String::new, |who| who.patient.to_string());
        let fields = self.not_done.map_or(&[][..], |(_, fields)| fields);
        let kept = |name: &str| {
            let field = fields.iter().find(|(field, _)| field == name);
            field.map_or_else(String::new, |(_, value)| value.clone())
        };
        let (standing, says) = self.standing(&clock);
        let seen = self.acceptance.latest.as_ref();
        let fresh = seen
            .is_some_and(|seen| seen.visit == self.now.visit && seen.says_the_same_as(self.now));
        let may_pass =
            |found: &Found| role.is_some_and(|role| found.overridable_by.contains(&role));
        let statement = match kept("statement").as_str() {
            "" => format!(
                "I have read this review and accept this person for {}.",
                self.plan_says()
            ),
            typed => typed.to_owned(),
        };
        super::written(&Page {
            around: self.around,
            strip: IdentityStrip::of(self.patient, self.around.now, self.around.zone),
            here: format!("/patients/{id}/review"),
            clearances: format!("/patients/{id}/clearances"),
            not_done: self.not_done.map(|(says, _)| says),
            standing,
            standing_says: says,
            summary: summary(self.now),
            blocks: self.now.level.blocks(),
            flags: &self.flags,
            groups: self.groups(&clock),
            met: self
                .now
                .met
                .iter()
                .map(|found| {
                    (
                        found.rule.short().to_owned(),
                        format!("{} Found: {}.", found.rule.says, found.found),
                    )
                })
                .collect(),
            met_count: self.now.met.len(),
            not_about: self.now.not_about.len(),
            missing: self.missing(),
            medicines: self.medicine_lines(),
            medicines_say: unsaid("Medicines", &self.person.medicines),
            list_version: self.medicines.version(),
            to_code: self.to_code(),
            scales: self.scale_lines(&clock),
            letters: self
                .letters
                .requests
                .iter()
                .rev()
                .map(|request| {
                    let standing = request.standing(self.today, self.times);
                    let (word, says, calls) = standing_says(standing);
                    let codes: Vec<&str> = request.asked.about.iter().map(Lifts::short).collect();
                    let heading = format!(
                        "{}: {}, {}",
                        codes.join(", "),
                        request.asked.from,
                        request.asked.recipient.name
                    );
                    (heading, word, says, calls)
                })
                .collect(),
            adds: self.now.adds(),
            plan: self.plan(),
            fresh,
            seen: seen.map_or(0, |seen| seen.at.microseconds()),
            cautions: self
                .now
                .open
                .iter()
                .filter(|found| found.level == Level::Caution)
                .map(|found| {
                    let requirement = &found.rule.requirement;
                    (
                        requirement.clone(),
                        format!("{}: {}", found.rule.short(), found.rule.says),
                        kept(&format!("plan:{requirement}")),
                    )
                })
                .collect(),
            holds: self
                .now
                .blocking()
                .filter(|found| may_pass(found))
                .map(|found| {
                    let requirement = found.rule.requirement.clone();
                    Hold {
                        short: found.rule.short().to_owned(),
                        says: format!("{} Found: {}.", found.rule.says, found.found),
                        second: found.rule.second_clinician,
                        reason: kept(&format!("pass:{requirement}")),
                        second_name: kept(&format!("second:{requirement}")),
                        requirement,
                    }
                })
                .collect(),
            beyond: self
                .now
                .blocking()
                .filter(|found| !may_pass(found))
                .map(|found| found.rule.short().to_owned())
                .collect(),
            may_act: role.is_some_and(may_act),
            may_decide: role.is_some_and(may_decide),
            decided: self.acceptance.decided.is_some(),
            statement,
            decline: kept("reason"),
            history: self.history.as_deref(),
        })
    }

    /// How the acceptance stands, in a word and a sentence.
    fn standing(&self, clock: &ClockFace<'_>) -> (&'static str, String) {
        let signed = |signed: &Option<Signed>| match signed {
            None => String::new(),
            Some(Signed { by, at, .. }) => {
                let name = match by {
                    Actor::Person { name, .. } => name.as_str(),
                    Actor::Device { name } | Actor::System { part: name } => name.as_str(),
                };
                format!(" by {name}, {}", clock.when(*at))
            }
        };
        match (&self.acceptance.decided, &self.acceptance.signed) {
            (None, _) => (
                "not decided",
                "No prescriber has decided about treatment yet.".to_owned(),
            ),
            (Some(Decided::Declined { reason }), by) => {
                ("declined", format!("Declined{}: {reason}", signed(by)))
            }
            (Some(Decided::Confirmed { passed }), by) => {
                let holds = self.now.blocking().all(|found| {
                    found.may_be_passed()
                        && passed
                            .iter()
                            .any(|one| one.requirement == found.rule.requirement)
                });
                let statement = by.as_ref().map_or("", |by| by.statement.as_str());
                if holds {
                    ("accepted", format!("Accepted{}: “{statement}”", signed(by)))
                } else {
                    (
                        "blocked again",
                        format!(
                            "Accepted{}, and something that came up since blocks: a prescriber \
                             must decide anew.",
                            signed(by)
                        ),
                    )
                }
            }
        }
    }

    fn plan_says(&self) -> String {
        let visit = self.now.visit;
        format!(
            "{}, {}, {}",
            visit.product.says(),
            visit.route.says(),
            visit.phase.says()
        )
    }

    fn plan(&self) -> Plan {
        let visit = self.now.visit;
        Plan {
            says: capital(&format!(
                "{}, on {}",
                self.plan_says(),
                civil_date(visit.on)
            )),
            products: Product::ALL
                .iter()
                .map(|one| (one.word(), one.says(), *one == visit.product))
                .collect(),
            routes: Route::ALL
                .iter()
                .map(|one| (one.word(), one.says(), *one == visit.route))
                .collect(),
            phases: Phase::ALL
                .iter()
                .map(|one| (one.word(), one.says(), *one == visit.phase))
                .collect(),
            on: visit.on,
        }
    }

    fn groups(&self, clock: &ClockFace<'_>) -> Vec<Group> {
        LEVELS
            .into_iter()
            .filter_map(|level| {
                let lines: Vec<Line> = self
                    .now
                    .open
                    .iter()
                    .filter(|found| found.level == level)
                    .map(|found| line(found, clock))
                    .collect();
                let (word, heading) = level_heading(level);
                (!lines.is_empty()).then(|| Group {
                    word,
                    heading: format!("{heading} ({})", lines.len()),
                    lines,
                })
            })
            .collect()
    }

    /// Every question on which a blocking or planned-for rule waits, once.
    fn missing(&self) -> Vec<Missing> {
        let mut all: Vec<Missing> = Vec::new();
        let unknown = self
            .now
            .open
            .iter()
            .filter(|found| found.outcome == Outcome::Unknown);
        for found in unknown {
            for evidence in &found.evidence {
                let state = match (evidence.by.is_some(), evidence.answer.as_str()) {
                    (_, "not sure") => "not sure",
                    (false, "not asked") => "not asked",
                    _ => continue,
                };
                let short = found.rule.short();
                match all.iter_mut().find(|one| one.question == evidence.question) {
                    Some(known) if !known.rules.split(", ").any(|one| one == short) => {
                        known.rules = format!("{}, {short}", known.rules);
                    }
                    Some(_) => {}
                    None => all.push(Missing {
                        says: question_says(&evidence.question),
                        can_be_asked: self.can_be_asked.contains(&evidence.question),
                        is_asked: self.asked.contains(&evidence.question),
                        question: evidence.question.clone(),
                        state,
                        rules: short.to_owned(),
                    }),
                }
            }
        }
        all
    }

    fn medicine_lines(&self) -> Vec<MedicineLine> {
        let medicines = self.person.medicines.said().map_or(&[][..], Vec::as_slice);
        medicines.iter().map(|one| self.medicine(one)).collect()
    }

    fn medicine(&self, medicine: &Medicine) -> MedicineLine {
        // A rule names in its evidence the medicines that it found.
        let named = |found: &&Found| {
            found.evidence.iter().any(|evidence| {
                evidence.question.starts_with("medicine")
                    && evidence
                        .answer
                        .split(", ")
                        .any(|name| name == medicine.words)
            })
        };
        let classes = self.medicines.classes_of(medicine);
        MedicineLine {
            words: medicine.words.clone(),
            dose: medicine.milligrams_per_day.map_or_else(
                || "dose not known".to_owned(),
                |dose| format!("{}\u{a0}mg a day", dose.normalize()),
            ),
            status: match medicine.status {
                Use::Current => "now",
                Use::Stopped => "stopped",
            },
            classes: if classes.is_empty() {
                "no class of the list".to_owned()
            } else {
                classes.join(", ").replace('-', " ")
            },
            known: self.medicines.knows(medicine),
            findings: self
                .now
                .open
                .iter()
                .filter(named)
                .map(|found| {
                    (
                        found.rule.requirement.clone(),
                        format!("{}: {}", found.rule.short(), found.rule.remedy),
                    )
                })
                .collect(),
        }
    }

    /// What was said in free words and waits for a clinician to say what it is.
    fn to_code(&self) -> Vec<String> {
        let medicines = self.person.medicines.said().into_iter().flatten();
        let substances = self.person.intolerances.said().into_iter().flatten();
        medicines
            .filter(|one| !self.medicines.knows(one))
            .map(|one| format!("Medicine “{}”: to which classes does it belong?", one.words))
            .chain(
                substances
                    .filter(|one| one.is_of_the_product.is_none())
                    .map(|one| {
                        format!(
                            "Not tolerated, “{}”: is it ketamine, esketamine or what they are \
                             dissolved in?",
                            one.substance
                        )
                    }),
            )
            .collect()
    }

    fn scale_lines(&self, clock: &ClockFace<'_>) -> Vec<ScaleLine> {
        let mut lines: Vec<ScaleLine> = Vec::new();
        for scale in Scale::ALL {
            let answer = self.person.scales.get(scale);
            let (score, by) = match answer {
                None | Some(Answer::NotAsked) => continue,
                Some(Answer::NotSure(by)) => ("not sure".to_owned(), by),
                Some(Answer::Said(Scored::NotDone, by)) => ("not done".to_owned(), by),
                Some(Answer::Said(Scored::Points(points), by)) => {
                    (format!("{points} of {}", scale.highest()), by)
                }
            };
            lines.push(ScaleLine {
                title: scale_title(*scale).to_owned(),
                score,
                band: String::new(),
                by: witness_says(by, clock),
            });
        }
        if let Some(by) = self.person.suicide_risk.witness() {
            let risk = self.person.suicide_risk.said();
            lines.push(ScaleLine {
                title: "Suicide-severity screener (triage, never a sum)".to_owned(),
                score: risk.map_or_else(|| "not sure".to_owned(), |risk| risk.word().to_owned()),
                band: String::new(),
                by: witness_says(by, clock),
            });
        }
        lines.extend(self.scales.iter().map(|line| ScaleLine {
            title: line.title.clone(),
            score: line.score.clone(),
            band: line.band.clone(),
            by: line.by.clone(),
        }));
        lines
    }
}

/// Who may act on a review.
pub const fn may_act(role: Role) -> bool {
    matches!(role, Role::Nurse | Role::Prescriber | Role::MedicalDirector)
}

const fn may_decide(role: Role) -> bool {
    matches!(role, Role::Prescriber | Role::MedicalDirector)
}

/// A scale by the name that staff know.
const fn scale_title(scale: Scale) -> &'static str {
    match scale {
        Scale::HighestPsychosisItem => "Highest psychosis item",
        Scale::SleepApnoea => "STOP-Bang",
        Scale::Alcohol => "AUDIT-C",
        Scale::Drugs => "DAST-10",
        Scale::UrinarySymptoms => "ICSI",
    }
}

/// A sentence with a capital at its beginning.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

/// One sentence over the whole answer.
fn summary(screening: &Screening) -> String {
    let count = |level: Level| {
        screening
            .open
            .iter()
            .filter(|found| found.level == level)
            .count()
    };
    let says = |level: Level, one: &str, many: &str| match count(level) {
        0 => None,
        1 => Some(format!("1 {one}")),
        n => Some(format!("{n} {many}")),
    };
    let parts: Vec<String> = [
        says(Level::Exclude, "rule excludes", "rules exclude"),
        says(Level::Clearance, "needs a letter", "need a letter"),
        says(Level::Incomplete, "waits for an answer", "wait for answers"),
        says(Level::HoldToday, "holds", "hold"),
        says(Level::Caution, "caution", "cautions"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let met = screening.met.len();
    if parts.is_empty() {
        format!("Nothing stands against it; {met} rules are met.")
    } else {
        format!("{}; {met} rules are met.", parts.join(", "))
    }
}

fn unsaid<T>(what: &str, answer: &Answer<T>) -> Option<String> {
    match answer {
        Answer::NotAsked => Some(format!("{what}: not asked.")),
        Answer::NotSure(_) => Some(format!("{what}: the person was not sure.")),
        Answer::Said(..) => None,
    }
}

/// A question of yes or no in its words, anything else by its name.
pub fn question_says(name: &str) -> String {
    Question::of_name(name).map_or_else(
        || capital(&name.replace(['.', '-'], " ")),
        |question| question.says().to_owned(),
    )
}

/// `Ana Moreno, patient, 20 Nov 2025, 09:10`.
pub fn witness_says(witness: &Witness, clock: &ClockFace<'_>) -> String {
    let source = match witness.source {
        Source::Patient => "patient",
        Source::Guardian => "guardian",
        Source::Companion => "companion",
        Source::Staff(role) => super::around::role_says(role),
        Source::Laboratory => "laboratory",
        Source::Document => "document",
        Source::Device => "device",
    };
    format!("{}, {source}, {}", witness.name, clock.when(witness.at))
}

fn evidence_says(evidence: &Evidence, clock: &ClockFace<'_>) -> (String, String, String) {
    (
        question_says(&evidence.question),
        evidence.answer.clone(),
        evidence.by.as_ref().map_or_else(
            || "nobody has answered".to_owned(),
            |by| witness_says(by, clock),
        ),
    )
}

fn line(found: &Found, clock: &ClockFace<'_>) -> Line {
    let rule = &found.rule;
    let letter = match &found.cleared {
        Cleared::NotNeeded => None,
        Cleared::Missing => Some(format!(
            "No letter of {} is there.",
            rule.cleared_by.join(" or ")
        )),
        Cleared::NotAccepted { dated } => Some(format!(
            "A letter of {} is there and waits for a prescriber.",
            civil_date(*dated)
        )),
        Cleared::FromAnother { from } => Some(format!(
            "The letter there is from {from}, who cannot lift this."
        )),
        Cleared::Expired { dated, held_until } => Some(format!(
            "The letter of {} held until {}.",
            civil_date(*dated),
            civil_date(*held_until)
        )),
        Cleared::Holds {
            from,
            dated,
            until,
            accepted_by,
        } => Some(format!(
            "Lifted by a letter of {from} of {}, accepted by {accepted_by}; holds until {}.",
            civil_date(*dated),
            civil_date(*until)
        )),
    };
    let mut who = roles_say(&found.overridable_by);
    if rule.second_clinician && found.may_be_passed() {
        who.push_str(", with a second clinician");
    }
    Line {
        requirement: rule.requirement.clone(),
        short: rule.short().to_owned(),
        says: rule.says.clone(),
        needed: found.needed.clone(),
        found: found.found.clone(),
        remedy: rule.remedy.clone(),
        met_at: found.met_at.map(|at| clock.when(at)),
        wants_letter: found.outcome == Outcome::Unmet && found.cleared != Cleared::NotNeeded,
        letter,
        who: found.level.blocks().then_some(who),
        source: rule.source.clone(),
        policy: rule.policy.clone(),
        version: rule.version,
        unverified: rule.unverified,
        adds: rule.adds.clone(),
        evidence: found
            .evidence
            .iter()
            .map(|one| evidence_says(one, clock))
            .collect(),
    }
}

/// Reviews of the invented people of the scenarios.
#[cfg(test)]
pub mod sample {
    use super::super::around::{Viewer, sample::around};
    use super::super::clearances::sample::TIMES;
    use super::super::identity_strip::sample::person as registered;
    use super::ReviewPage;
    use clinical::course::clearance::Clearances;
    use clinical::course::screening::case::{Case, read};
    use clinical::course::screening::{Acceptance, Screening, ScreeningRules, screen};
    use clinical::patient::Patient;
    use clinical::policy::Gate;
    use clinical::record::Role;
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    /// Everything that a review's page borrows.
    pub struct Sample {
        /// The case of the scenario.
        pub case: Case,
        /// The rules' answer.
        pub now: Screening,
        /// The rules.
        pub rules: ScreeningRules,
        /// Who is registered.
        pub patient: Patient,
        /// What was decided.
        pub acceptance: Acceptance,
        /// Letters.
        pub letters: Clearances,
    }

    fn folder() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../scenarios/screening")
    }

    /// Every scenario of screening whose case is readable, by name.
    pub fn all() -> Vec<(String, Sample)> {
        let mut names: Vec<PathBuf> = std::fs::read_dir(folder())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        names.sort();
        names
            .into_iter()
            .filter_map(|path| {
                let case = read(&std::fs::read_to_string(&path).unwrap()).ok()?;
                let name = path.file_name()?.to_string_lossy().into_owned();
                Some((name, of(case)))
            })
            .collect()
    }

    /// One scenario.
    pub fn named(name: &str) -> Sample {
        of(read(&std::fs::read_to_string(folder().join(name)).unwrap()).unwrap())
    }

    fn of(case: Case) -> Sample {
        let rules = ScreeningRules::adopted(&case.own).unwrap();
        let gate = Gate::AcceptForTreatment;
        let now = screen(&case.person, &case.visit, gate, &rules, case.at);
        let acceptance = Acceptance {
            latest: Some(now.clone()),
            ..Acceptance::default()
        };
        Sample {
            case,
            now,
            rules,
            patient: registered(118, "Moreno", "Ana", None),
            acceptance,
            letters: super::super::clearances::sample::file(),
        }
    }

    impl Sample {
        /// The page, as a role sees it.
        pub fn page(&self, role: Role) -> ReviewPage<'_> {
            let mut around = around("/patients/1/review");
            around.viewer = Some(Viewer {
                name: "Dr Ines Falk",
                role,
            });
            ReviewPage {
                around,
                patient: &self.patient,
                person: &self.case.person,
                now: &self.now,
                acceptance: &self.acceptance,
                letters: &self.letters,
                times: TIMES,
                today: super::super::clearances::sample::today(),
                medicines: self.rules.medicines(),
                flags: Vec::new(),
                scales: Vec::new(),
                asked: BTreeSet::new(),
                history: None,
                can_be_asked: BTreeSet::new(),
                not_done: None,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical::record::Role;

    /// Text as it stands in a page.
    fn shown(text: &str) -> String {
        use askama::filters::{Html, escape};
        escape(text, Html).unwrap().to_string()
    }

    #[test]
    fn every_scenario_of_screening_is_shown_with_every_finding_and_its_source() {
        // Hazard: H24
        let all = sample::all();
        assert!(all.len() >= 11, "only {} scenarios were read", all.len());
        for (name, sample) in &all {
            let html = sample.page(Role::Prescriber).html();
            for found in &sample.now.open {
                for part in [&found.rule.says, &found.found, &found.rule.source] {
                    assert!(html.contains(&shown(part)), "{name}: {part}");
                }
                assert!(html.contains(&format!("id=\"rule-{}\"", found.rule.requirement)));
                for one in found.evidence.iter().filter_map(|one| one.by.as_ref()) {
                    assert!(html.contains(&shown(&one.name)), "{name}: {}", one.name);
                }
            }
            assert!(html.contains(&format!("{} rules are met", sample.now.met.len())));
        }
    }

    #[test]
    fn what_excludes_stands_before_what_is_only_a_caution() {
        let html = sample::named("2-cal.toml").page(Role::Prescriber).html();
        let place = |text: &str| html.find(text).unwrap();
        assert!(place("id=\"level-exclude\"") < place("id=\"medicines\""));
        assert!(html.contains("Cannot be accepted while these block: X06"));
        assert!(!html.contains("Accept for treatment and sign"));
    }

    #[test]
    fn each_caution_asks_for_its_plan_and_each_medicine_shows_its_interactions() {
        // Clinical reference 13, case 4: I01 and I03, a plan required, no instruction to stop.
        let html = sample::named("4-gus.toml").page(Role::Prescriber).html();
        for requirement in ["I01", "I01-efficacy", "I03", "I03-carbon-dioxide"] {
            assert!(html.contains(&format!("name=\"plan:{requirement}\"")));
        }
        let medicines = html.split("id=\"medicines\"").nth(1).unwrap();
        let medicines = medicines.split("</section>").next().unwrap();
        assert!(medicines.contains("lorazepam") && medicines.contains("#rule-I01"));
        assert!(medicines.contains("tramadol") && medicines.contains("#rule-I03"));
        assert!(medicines.contains("benzodiazepine"));
    }

    #[test]
    fn a_missing_answer_is_named_with_the_rules_that_wait_for_it() {
        // Hazard: H24
        let sample = sample::named("unknown-pregnancy.toml");
        let html = sample.page(Role::Prescriber).html();
        let missing = html.split("id=\"missing\"").nth(1).unwrap();
        assert!(missing.contains("waited for by"));
        assert!(html.contains("Cannot be accepted while these block"));
    }

    #[test]
    fn nurses_read_everything_and_sign_nothing() {
        let sample = sample::named("1-ana.toml");
        let offered = |role: Role| {
            let html = sample.page(role).html();
            (
                html.contains("Ask the rules"),
                html.contains("Accept for treatment and sign"),
            )
        };
        assert_eq!(offered(Role::Prescriber), (true, true));
        assert_eq!(offered(Role::MedicalDirector), (true, true));
        assert_eq!(offered(Role::Nurse), (true, false));
        assert_eq!(offered(Role::Therapist), (false, false));
        assert_eq!(offered(Role::Auditor), (false, false));
    }

    #[test]
    fn an_answer_that_is_not_the_one_asked_last_is_decided_on_only_after_asking() {
        // Hazard: H24
        let mut sample = sample::named("1-ana.toml");
        sample.acceptance.latest = Some(sample::named("4-gus.toml").now);
        let html = sample.page(Role::Prescriber).html();
        assert!(!html.contains("Accept for treatment and sign"));
        assert!(html.contains("Ask the rules, then decide on their answer."));
    }

    #[test]
    fn what_people_said_is_text_and_never_markup() {
        let mut sample = sample::named("4-gus.toml");
        let Answer::Said(medicines, _) = &mut sample.case.person.medicines else {
            panic!("medicines were said");
        };
        medicines[0].words = "<script>".to_owned();
        let html = sample.page(Role::Prescriber).html();
        assert!(!html.contains("<script>"));
        assert!(html.contains("&#60;script&#62;"));
    }
}
