//! The letters of one person: asked for, on their way, come, reviewed, and how long they hold.

use super::around::Around;
use super::clock_face::civil_date;
use super::identity_strip::IdentityStrip;
use askama::Template;
use clinical::course::clearance::{
    Clearances, Lifts, Mail, MailOutcome, Paper, Received, Request, Review, Standing, Times, Way,
};
use clinical::course::screening::{Cleared, Found, Screening};
use clinical::patient::{CivilDate, Patient};
use clinical::policy::Outcome;
use clinical::record::{ClearanceId, Role};

/// The letters of one person.
pub struct ClearancesPage<'a> {
    /// What stands around the page.
    pub around: Around<'a>,
    /// The person.
    pub patient: &'a Patient,
    /// Their letters.
    pub file: &'a Clearances,
    /// The rules' last answer, from which it is known which letters are wanted.
    pub screening: Option<&'a Screening>,
    /// Which day it is at the clinic.
    pub today: CivilDate,
    /// How long letters hold, and when they are chased.
    pub times: Times,
    /// The clinic has set up a mail server.
    pub mail_is_set_up: bool,
    /// What was not done, in one sentence, with what had been typed.
    pub not_done: Option<NotDone<'a>>,
}

/// What was not done. What had been typed stands in its fields again.
pub struct NotDone<'a> {
    /// In one sentence.
    pub says: &'a str,
    /// Which letter it was about; `None` for a new one.
    pub about: Option<ClearanceId>,
    /// The fields as they were sent.
    pub fields: &'a [(String, String)],
}

#[derive(Template)]
#[template(path = "clearances.html")]
struct Page<'a> {
    around: Around<'a>,
    strip: IdentityStrip,
    here: String,
    review: String,
    not_done: Option<&'a str>,
    letters: Vec<Letter<'a>>,
    wanted: Vec<Wanted>,
    screened: bool,
    plan: (&'static str, &'static str),
    may_act: bool,
    may_decide: bool,
    today: CivilDate,
    kept: Kept<'a>,
    ways: [Way; 5],
}

/// One letter in words.
struct Letter<'a> {
    id: ClearanceId,
    heading: String,
    state: &'static str,
    says: String,
    calls: bool,
    about: &'a [Lifts],
    question: &'a str,
    history: Vec<String>,
    papers: Vec<PaperLine<'a>>,
    letter: Option<String>,
    upload: String,
    may_send: bool,
    mail: Option<MailForm>,
    mail_trouble: Option<String>,
    may_receive: bool,
    may_date: bool,
    may_accept: bool,
    may_reject: bool,
    may_withdraw: bool,
    kept: Kept<'a>,
}

impl Letter<'_> {
    /// The name of one of its forms.
    fn form(&self, act: &str) -> String {
        format!("{act}-{}", self.id)
    }
}

/// The form that sends the letter by e-mail.
struct MailForm {
    action: String,
    to: String,
    again: bool,
}

/// A paper that came.
struct PaperLine<'a> {
    words: Option<&'a str>,
    link: Option<(String, String)>,
    says: String,
    review: Option<String>,
}

/// Rules whose letter comes from the same people.
struct Wanted {
    key: String,
    from: Vec<String>,
    rules: Vec<(String, String, String)>,
}

impl Wanted {
    /// The name of its form.
    fn form(&self) -> String {
        format!("ask-{}", self.key)
    }
}

/// What had been typed into a form that was not done.
#[derive(Clone, Copy)]
struct Kept<'a>(&'a [(String, String)]);

impl<'a> Kept<'a> {
    fn text(&self, name: &str) -> &'a str {
        let field = self.0.iter().find(|(field, _)| field == name);
        field.map_or("", |(_, value)| value.as_str())
    }

    fn or<'b>(&self, name: &str, otherwise: &'b str) -> &'b str
    where
        'a: 'b,
    {
        match self.text(name) {
            "" => otherwise,
            text => text,
        }
    }

    fn any(&self) -> bool {
        !self.0.is_empty()
    }
}

/// How a letter stands, in a word and a sentence; true when somebody must act.
pub fn standing_says(standing: Standing) -> (&'static str, String, bool) {
    match standing {
        Standing::ToSend => ("to send", "It has not gone out yet.".to_owned(), true),
        Standing::ToTakeIn => (
            "to take in",
            "It was brought, and is still to be taken in.".to_owned(),
            true,
        ),
        Standing::Waiting { chase_on } => (
            "waiting",
            format!(
                "Waiting for an answer; to be asked again from {}.",
                civil_date(chase_on)
            ),
            false,
        ),
        Standing::ToChase { since } => (
            "overdue",
            format!("No answer: ask again, since {}.", civil_date(since)),
            true,
        ),
        Standing::Undated => (
            "no date",
            "It came, and the date on it is not known: it lifts nothing.".to_owned(),
            true,
        ),
        Standing::ToReview => (
            "to review",
            "It came, and waits for a prescriber.".to_owned(),
            true,
        ),
        Standing::Rejected => (
            "not accepted",
            "It does not do. A better one may come for the same request.".to_owned(),
            true,
        ),
        Standing::Holds { until } => (
            "holds",
            format!("Holds until {}.", civil_date(until)),
            false,
        ),
        Standing::ToRenew { until } => (
            "to renew",
            format!("Holds until {}: ask for a newer one.", civil_date(until)),
            true,
        ),
        Standing::Expired { until } => (
            "expired",
            format!(
                "Held until {}: it lifts nothing any more.",
                civil_date(until)
            ),
            true,
        ),
        Standing::Withdrawn => (
            "withdrawn",
            "Nobody waits for it any longer.".to_owned(),
            false,
        ),
    }
}

/// What is wrong with the newest e-mail of a letter that is still waited for, in a few words.
pub fn mail_trouble(request: &Request) -> Option<&'static str> {
    let mail = request.newest_mail().filter(|_| request.is_waiting())?;
    // A paper that came after it makes it no trouble any more.
    let answered = request
        .newest()
        .is_some_and(|paper| paper.by.at >= mail.by.at);
    match &mail.outcome {
        _ if answered => None,
        MailOutcome::Taken { .. } => None,
        MailOutcome::Failed { .. } => Some("The e-mail was not taken: send it again."),
        MailOutcome::NotKnown => Some("Whether the e-mail left is not known."),
    }
}

impl ClearancesPage<'_> {
    /// The page.
    pub fn html(&self) -> String {
        let role = self.around.viewer.map(|viewer| viewer.role);
        let id = self
            .patient
            .registration
            .as_ref()
            .map_or_else(String::new, |who| who.patient.to_string());
        let here = format!("/patients/{id}/clearances");
        let new = self.not_done.as_ref().filter(|told| told.about.is_none());
        let visit = self.screening.map(|screening| screening.visit);
        super::written(&Page {
            around: self.around,
            strip: IdentityStrip::of(self.patient, self.around.now, self.around.zone),
            review: format!("/patients/{id}/review"),
            not_done: self.not_done.as_ref().map(|told| told.says),
            letters: self
                .file
                .requests
                .iter()
                .rev()
                .map(|request| self.letter(request, &here, role))
                .collect(),
            wanted: self.screening.map_or_else(Vec::new, wanted),
            screened: self.screening.is_some(),
            plan: visit.map_or(("", ""), |visit| (visit.product.word(), visit.route.word())),
            may_act: role.is_some_and(may_act),
            may_decide: role.is_some_and(may_decide),
            today: self.today,
            kept: Kept(new.map_or(&[], |told| told.fields)),
            ways: Way::ALL,
            here,
        })
    }

    fn letter<'b>(&'b self, request: &'b Request, here: &str, role: Option<Role>) -> Letter<'b> {
        let standing = request.standing(self.today, self.times);
        let (state, says, calls) = standing_says(standing);
        let codes: Vec<&str> = request.asked.about.iter().map(Lifts::short).collect();
        let clock = self.around.clock();
        let mut history = vec![format!(
            "{} by {}, {}",
            if request.asked.brought {
                "Opened for a letter that was brought,"
            } else {
                "Asked for"
            },
            request.by.name,
            clock.when(request.by.at)
        )];
        history.extend(request.sent.iter().map(|sent| {
            let note = match sent.note.as_str() {
                "" => String::new(),
                note => format!(": {note}"),
            };
            format!(
                "Sent {} on {}, noted by {}{note}",
                sent.way.says(),
                civil_date(sent.on),
                sent.by.name
            )
        }));
        history.extend(request.mails.iter().map(|mail| {
            format!(
                "E-mail to {} by {}, {}; address checked: {}. {}",
                mail.to,
                mail.by.name,
                clock.when(mail.by.at),
                mail.checked_with,
                self.outcome(mail)
            )
        }));
        if let Some(why) = &request.withdrawn {
            history.push(format!("Withdrawn: {why}"));
        }
        let waits = matches!(
            standing,
            Standing::ToSend
                | Standing::ToTakeIn
                | Standing::Waiting { .. }
                | Standing::ToChase { .. }
                | Standing::Rejected
        );
        let came = request.newest().is_some();
        let told = self.not_done.as_ref();
        Letter {
            id: request.id,
            heading: format!(
                "{}: {}, {}",
                codes.join(", "),
                request.asked.from,
                request.asked.recipient.name
            ),
            state,
            says,
            calls,
            about: &request.asked.about,
            question: &request.asked.question,
            history,
            papers: request
                .papers
                .iter()
                .enumerate()
                .map(|(index, paper)| {
                    self.paper(paper, &format!("{here}/{}/papers/{index}", request.id))
                })
                .collect(),
            letter: (!request.asked.brought).then(|| format!("{here}/{}/letter.pdf", request.id)),
            upload: format!("{here}/{}/paper", request.id),
            may_send: waits && !request.asked.brought,
            mail: (waits && !request.asked.brought && self.mail_is_set_up).then(|| MailForm {
                action: format!("{here}/{}/mail", request.id),
                to: request
                    .newest_mail()
                    .map(|mail| mail.to.clone())
                    .or_else(|| request.asked.recipient.email.clone())
                    .unwrap_or_default(),
                again: !request.mails.is_empty() || !request.sent.is_empty(),
            }),
            mail_trouble: mail_trouble(request).map(|_| {
                request.newest_mail().map_or_else(String::new, |mail| {
                    format!("E-mail to {}: {}", mail.to, self.outcome(mail))
                })
            }),
            may_receive: waits || matches!(standing, Standing::Undated),
            may_date: matches!(standing, Standing::Undated | Standing::ToReview),
            may_accept: role.is_some_and(may_decide) && matches!(standing, Standing::ToReview),
            may_reject: role.is_some_and(may_decide)
                && came
                && !matches!(standing, Standing::Rejected | Standing::Withdrawn),
            may_withdraw: request.is_waiting(),
            kept: Kept(
                told.filter(|told| told.about == Some(request.id))
                    .map_or(&[], |told| told.fields),
            ),
        }
    }

    /// What came of an e-mail, in one sentence.
    fn outcome(&self, mail: &Mail) -> String {
        let clock = self.around.clock();
        match &mail.outcome {
            MailOutcome::Taken { at, receipt } => format!(
                "The mail server took it, {} ({receipt}). Whether it was read, nobody knows.",
                clock.when(*at)
            ),
            MailOutcome::Failed { at, why } => {
                format!("It was not taken, {}: {why}.", clock.when(*at))
            }
            MailOutcome::NotKnown if mail.is_under_way(self.around.now) => {
                "It is on its way just now.".to_owned()
            }
            MailOutcome::NotKnown => {
                "Whether it left is not known: the server stopped meanwhile. Ask the practice."
                    .to_owned()
            }
        }
    }

    fn paper<'b>(&self, paper: &'b Received, link: &str) -> PaperLine<'b> {
        let clock = self.around.clock();
        let dated = match (paper.dated, paper.redated.last()) {
            (None, _) => "date not known".to_owned(),
            (Some(day), None) => format!("dated {}", civil_date(day)),
            (Some(day), Some((before, why))) => format!(
                "dated {} (before: {}; {why})",
                civil_date(day),
                before.map_or_else(|| "not known".to_owned(), civil_date)
            ),
        };
        let review = paper.review.as_ref().map(|review| match review {
            Review::Accepted { by, statement, .. } => format!(
                "Accepted by {}, {}: “{statement}”",
                by.name,
                clock.when(by.at)
            ),
            Review::Rejected { by, reason } => format!(
                "Not accepted by {}, {}: {reason}",
                by.name,
                clock.when(by.at)
            ),
        });
        let (words, link) = match &paper.paper {
            Paper::Typed { words } => (Some(words.as_str()), None),
            Paper::File {
                media, size, name, ..
            } => (
                None,
                Some((
                    link.to_owned(),
                    format!(
                        "{name} ({}, {}\u{a0}kB)",
                        media.says(),
                        size.div_ceil(1_000)
                    ),
                )),
            ),
        };
        PaperLine {
            words,
            link,
            says: format!(
                "Signed by {}, {dated}; taken in by {}, {}",
                paper.signed_by,
                paper.by.name,
                clock.when(paper.by.at)
            ),
            review,
        }
    }
}

const fn may_act(role: Role) -> bool {
    matches!(role, Role::Nurse | Role::Prescriber | Role::MedicalDirector)
}

const fn may_decide(role: Role) -> bool {
    matches!(role, Role::Prescriber | Role::MedicalDirector)
}

/// The letters that rules ask for, by whose they must be.
fn wanted(screening: &Screening) -> Vec<Wanted> {
    let mut groups: Vec<Wanted> = Vec::new();
    let asks =
        |found: &&Found| found.outcome == Outcome::Unmet && found.cleared != Cleared::NotNeeded;
    for found in screening.open.iter().filter(asks) {
        let rule = &found.rule;
        let line = (
            rule.requirement.clone(),
            rule.short().to_owned(),
            format!("{} Found: {}.", rule.says, found.found),
        );
        match groups
            .iter_mut()
            .find(|group| group.from == rule.cleared_by)
        {
            Some(group) => group.rules.push(line),
            None => groups.push(Wanted {
                key: rule.requirement.clone(),
                from: rule.cleared_by.clone(),
                rules: vec![line],
            }),
        }
    }
    groups
}

/// A letter that waits for an answer, one that holds, and one that came without a date.
pub mod sample {
    use super::super::around::sample::{NOW, around};
    use super::ClearancesPage;
    use clinical::course::clearance::{
        Asked, ClearanceEvent, Clearances, Lifts, Media, Paper, Recipient, Times, Way,
    };
    use clinical::course::screening::person::{Product, Route};
    use clinical::patient::{CivilDate, Patient};
    use clinical::record::{Actor, ClearanceId, Role, StaffId};
    use units::Span;
    use uuid::Uuid;

    /// The shipped times.
    pub const TIMES: Times = Times {
        holds_days: 90,
        chase_days: 7,
        renewal_days: 14,
    };

    /// The day of the samples' clock.
    pub fn today() -> CivilDate {
        super::super::clock_face::today(NOW, around("/").zone).unwrap_or_else(today)
    }

    /// The file.
    pub fn file() -> Clearances {
        let actor = Actor::Person {
            id: StaffId(Uuid::from_u128(11)),
            name: "Nora Quist".to_owned(),
            role: Role::Nurse,
        };
        let id = |number: u128| ClearanceId(Uuid::from_u128(number));
        let ask =
            |number: u128, rule: &str, says: &str, from: &str| ClearanceEvent::ClearanceRequested {
                clearance: id(number),
                asked: Box::new(Asked {
                    about: vec![Lifts {
                        requirement: rule.to_owned(),
                        code: rule.to_owned(),
                        says: says.to_owned(),
                        remedy: String::new(),
                        policy: "eligibility".to_owned(),
                        version: 1,
                    }],
                    from: from.to_owned(),
                    recipient: Recipient {
                        name: "Dr <Lena> Ott".to_owned(),
                        email: None,
                    },
                    product: Product::Racemic,
                    route: Route::Intravenous,
                    question: String::new(),
                    brought: false,
                    chase_days: 7,
                }),
            };
        let came = |number: u128, paper: Paper, dated: Option<CivilDate>| {
            ClearanceEvent::ClearanceReceived {
                clearance: id(number),
                paper,
                dated,
                signed_by: "Dr Lena Ott".to_owned(),
            }
        };
        let events = [
            ask(
                1,
                "C01",
                "No hypertension, controlled either.",
                "primary care",
            ),
            ClearanceEvent::ClearanceSent {
                clearance: id(1),
                way: Way::Fax,
                on: today().plus_days(-9),
                note: "page 1 of 1".to_owned(),
            },
            ask(2, "C03", "No arrhythmia, controlled either.", "cardiology"),
            came(
                2,
                Paper::Typed {
                    words: "Rate is controlled.".to_owned(),
                },
                Some(today().plus_days(-20)),
            ),
            ClearanceEvent::ClearanceAccepted {
                clearance: id(2),
                dated: today().plus_days(-20),
                holds_days: 90,
                role: Role::Prescriber,
                statement: "I have read it.".to_owned(),
            },
            ask(3, "C20", "No difficult airway.", "anaesthesia"),
            came(
                3,
                Paper::File {
                    digest: "00".repeat(32),
                    media: Media::Pdf,
                    size: 48_213,
                    name: "<scan>.pdf".to_owned(),
                },
                None,
            ),
        ];
        let mut file = Clearances::default();
        for (hours, event) in (0..).zip(&events) {
            file.apply(event, &actor, NOW - Span::from_hours(240 - hours));
        }
        file
    }

    /// The page.
    pub fn page<'a>(patient: &'a Patient, file: &'a Clearances) -> ClearancesPage<'a> {
        ClearancesPage {
            around: around("/patients/1/clearances"),
            patient,
            file,
            screening: None,
            today: today(),
            times: TIMES,
            mail_is_set_up: true,
            not_done: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::identity_strip::sample::person;
    use super::*;
    use clinical::record::Role;

    #[test]
    fn each_letter_says_how_it_stands_and_what_it_waits_for() {
        // Hazard: H24
        let (patient, file) = (person(118, "Moreno", "Ana", None), sample::file());
        let html = sample::page(&patient, &file).html();
        // The page's day is 20 November 2025: 9 days after sending, 2 after the chase was due.
        assert!(html.contains("No answer: ask again, since 18 Nov 2025."));
        // Dated 31 October 2025; 90 days later is 29 January 2026.
        assert!(html.contains("Holds until 29 Jan 2026."));
        assert!(html.contains("the date on it is not known: it lifts nothing"));
        assert!(html.contains("identity-name"));
    }

    #[test]
    fn what_others_wrote_is_text_and_never_markup() {
        let (patient, file) = (person(118, "Moreno", "Ana", None), sample::file());
        let html = sample::page(&patient, &file).html();
        assert!(!html.contains("<scan>") && !html.contains("<Lena>"));
    }

    #[test]
    fn only_those_who_may_accept_a_letter_are_offered_it() {
        let (patient, file) = (person(118, "Moreno", "Ana", None), sample::file());
        let offered = |role: Role| {
            let mut page = sample::page(&patient, &file);
            page.around.viewer = page
                .around
                .viewer
                .map(|viewer| super::super::around::Viewer { role, ..viewer });
            page.html().contains("take the acceptance back")
        };
        assert!(offered(Role::Prescriber) && offered(Role::MedicalDirector));
        assert!(!offered(Role::Nurse) && !offered(Role::Auditor));
    }

    #[test]
    fn what_had_been_typed_stands_in_its_fields_again() {
        let (patient, file) = (person(118, "Moreno", "Ana", None), sample::file());
        let fields = [("signed_by".to_owned(), "Dr Ott & partner".to_owned())];
        let mut page = sample::page(&patient, &file);
        page.not_done = Some(NotDone {
            says: "The file is empty.",
            about: Some(file.requests[0].id),
            fields: &fields,
        });
        let html = page.html();
        assert!(html.contains("The file is empty."));
        assert!(html.contains("Dr Ott &#38; partner"), "{html}");
    }
}
