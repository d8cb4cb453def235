//! Integration over real sockets: the plan, a note and its risk screen, the brief that has what is
//! shared at that moment and nothing else, a group of whom each record holds one, and the patient's
//! own page.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person, nurse};
use crate::stranger::http::{Answer, Connection, get, post};
use clinical::course::follow_up::{FollowUp, Urgency};
use clinical::course::integration::{Answer as Homework, Standing};
use clinical::leaflet::Language;
use clinical::patient::{PatientEvent, Sex};
use clinical::record::{CommandId, EventId, PatientId, SessionId, StreamId, StreamKind};
use server::clock::Hand;
use server::identity::{Way, let_in};
use server::integration::{self, Whole};
use units::{Moment, Span};
use uuid::Uuid;

/// Monday, 16 November 2026, 09:00 UTC.
const BEGAN: &str = "2026-11-16T09:00:00Z";

/// Words that stand nowhere else.
const SHARED: &str = "quartz-orchard-ninefold";
const KEPT: &str = "velvet-causeway-twelvefold";
const ACCOUNT: &str = "copper-lantern-threefold";
const ADDED: &str = "marble-heron-fivefold";
const PRIVATE: &str = "zinnia-lagoon-sevenfold";

struct Clinic {
    house: House,
    hand: Hand,
    rosa: PatientId,
    session: SessionId,
}

/// Rosa's session ended, and she went home; it is two days later.
fn clinic() -> Clinic {
    let zone = jiff::tz::TimeZone::UTC;
    let (house, hand) = House::telling(zone, Moment::parse(BEGAN).unwrap());
    let (rosa, session) = house.ready_session("4711", "Room 1");
    house.runs_and_goes_home(&hand, session);
    hand.advance(Span::from_hours(48));
    Clinic {
        house,
        hand,
        rosa,
        session,
    }
}

impl Clinic {
    fn after(&self, patient: PatientId) -> FollowUp {
        let read = server::follow_up::of(self.house.application(), patient);
        self.house.wait_for(read).unwrap().state
    }

    fn whole(&self, patient: PatientId) -> Whole {
        let now = self.house.application().clock.now();
        let read = Whole::of(self.house.application(), patient, now);
        self.house.wait_for(read).unwrap().unwrap()
    }

    /// Registers somebody with a name of their own.
    fn person(&self, number: &str, family: &str, given: &str) -> PatientId {
        let patient = PatientId(Uuid::now_v7());
        let events = vec![PatientEvent::PatientRegistered {
            patient,
            record_number: number.to_owned(),
            family_name: family.to_owned(),
            given_name: given.to_owned(),
            birth_date: "1979-08-21".parse().unwrap(),
            sex: Sex::Female,
        }];
        let now = self.house.application().clock.now();
        let done = server::patients::register(
            self.house.application(),
            CommandId(Uuid::now_v7()),
            nurse(),
            patient,
            events,
            |_| EventId(Uuid::now_v7()),
            now,
        );
        self.house.wait_for(done).unwrap();
        patient
    }

    fn write(&self, who: &mut Person, patient: PatientId, more: &[(&str, &str)]) -> Answer {
        let (note, person) = (Uuid::now_v7().to_string(), patient.to_string());
        let session = self.session.to_string();
        let mut fields = vec![("patient", person.as_str()), ("mode", "in-person")];
        let fields_of = [
            ("note", note.as_str()),
            ("kind", "first"),
            ("session", session.as_str()),
            ("held_at", "2026-11-18T09:00"),
            ("what", "sign"),
        ];
        let given = |name: &str| more.iter().any(|(known, _)| *known == name);
        fields.extend(fields_of.into_iter().filter(|(name, _)| !given(name)));
        fields.extend_from_slice(more);
        act(
            who,
            &format!("/patients/{patient}/integration/write"),
            &fields,
        )
    }
}

/// Sends a form of staff with a number of its own.
fn act(who: &mut Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    let id = Uuid::now_v7().to_string();
    let mut all = vec![("command_id", id.as_str())];
    all.extend_from_slice(fields);
    who.send(path, &all)
}

/// The phone of somebody who is let in.
struct Phone {
    connection: Connection,
    cookie: String,
    csrf: String,
}

impl Phone {
    fn of(house: &House, patient: PatientId, language: Language) -> Self {
        let secret = house
            .wait_for(let_in(house.application(), patient, Way::Link, language))
            .unwrap();
        let secret = secret.reveal();
        Self {
            connection: Connection::open(house.http()).unwrap(),
            cookie: format!("evenkeel-own={secret}"),
            csrf: hex::encode(server::identity::digest(&format!("form {secret}"))),
        }
    }

    fn page(&mut self, path: &str) -> String {
        let headers = [("cookie", self.cookie.as_str()), ("accept", "text/html")];
        let answer = self.connection.send(&get(path, &headers)).unwrap();
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer.text()
    }

    fn say(&mut self, fields: &[(&str, &str)]) -> Answer {
        let command = Uuid::new_v4().to_string();
        let mut all = vec![
            ("csrf", self.csrf.as_str()),
            ("command_id", command.as_str()),
        ];
        all.extend_from_slice(fields);
        let headers = [("cookie", self.cookie.as_str()), ("accept", "text/html")];
        let request = post("/my/integration", &headers, &all);
        self.connection.send(&request).unwrap()
    }
}

#[test]
fn what_is_not_shared_any_more_is_gone_from_the_brief_at_once() {
    // Hazard: H45, H68
    let clinic = clinic();
    let mut phone = Phone::of(&clinic.house, clinic.rosa, Language::English);
    assert!(phone.page("/my").contains("/my/integration"));
    let own = phone.page("/my/integration");
    assert!(own.contains("What was hard, and what helped?"), "{own}");
    assert!(
        !own.contains("Who supports you?"),
        "that comes on the third day"
    );
    let entry = |words| {
        [
            ("what", "journal"),
            ("prompt", "felt-new"),
            ("words", words),
        ]
    };
    assert_eq!(phone.say(&entry(KEPT)).status, 303);
    let mut shared = entry(SHARED).to_vec();
    shared.push(("share", "yes"));
    assert_eq!(phone.say(&shared).status, 303);
    let own = phone.page("/my/integration");
    assert!(own.contains(KEPT) && own.contains(SHARED));

    // A therapist's private note about the session is nobody's brief, not even her own.
    let mut therapist = clinic.house.person("therapist");
    let password = therapist.password.clone();
    let open = [("act", "open"), ("password", password.as_str())];
    assert_eq!(act(&mut therapist, "/private-notes", &open).status, 303);
    let about = clinic.session.to_string();
    let note = [
        ("act", "write"),
        ("about", about.as_str()),
        ("text", PRIVATE),
    ];
    assert_eq!(act(&mut therapist, "/private-notes", &note).status, 303);

    let path = format!("/patients/{}/integration/brief", clinic.rosa);
    let brief = therapist.page(&path).text();
    assert!(
        brief.contains(SHARED) && brief.contains("What felt new?"),
        "{brief}"
    );
    assert!(!brief.contains(KEPT) && !brief.contains(PRIVATE));
    assert!(
        !clinic
            .house
            .person("prescriber")
            .page(&path)
            .text()
            .contains(PRIVATE)
    );

    let kept = server::keepsakes::of(clinic.house.application(), clinic.rosa);
    let kept = clinic.house.wait_for(kept).unwrap().state;
    let item = kept.shared().next().unwrap().keepsake.to_string();
    let stop = [("what", "unshare"), ("keepsake", item.as_str())];
    assert_eq!(phone.say(&stop).status, 303);
    assert!(!therapist.page(&path).text().contains(SHARED));
    let again = [("what", "share"), ("keepsake", item.as_str())];
    assert_eq!(phone.say(&again).status, 303);
    assert!(therapist.page(&path).text().contains(SHARED));
}

#[test]
fn a_risk_screen_that_says_yes_stands_on_the_list_of_warning_signs_even_where_the_note_is_not_signed()
 {
    // Hazard: H68, H62
    let clinic = clinic();
    let mut therapist = clinic.house.person("therapist");
    // A trauma without the check of the duty to report is not signed; the draft and the sign are.
    let fields = [("risk", "plan"), ("trauma", "yes"), ("account", ACCOUNT)];
    let refused = clinic.write(&mut therapist, clinic.rosa, &fields);
    assert_eq!(refused.status, 422);
    let text = refused.text();
    assert!(
        text.contains("Say whether it must be reported") && text.contains(ACCOUNT),
        "{text}"
    );
    let after = clinic.after(clinic.rosa);
    let flags = after.open_flags();
    assert_eq!(flags.len(), 1);
    assert_eq!(flags[0].signs, ["suicidal-plan"]);
    assert_eq!(flags[0].urgency, Urgency::SameHour);
    assert!(flags[0].is_escalating());
    let list = clinic.house.person("nurse").page("/follow-up").text();
    assert!(
        list.contains("Within the hour") && list.contains("QUILL"),
        "{list}"
    );
    let known = clinic.whole(clinic.rosa).known;
    assert!(known.notes[0].signed.is_none());
    // Signed with the check, it is the same sign and no second one.
    let note = known.notes[0].id.to_string();
    let whole = [
        ("risk", "plan"),
        ("trauma", "yes"),
        ("report_check", "reported"),
        ("account", ACCOUNT),
        ("note", note.as_str()),
    ];
    assert_eq!(
        clinic.write(&mut therapist, clinic.rosa, &whole).status,
        303
    );
    assert_eq!(clinic.after(clinic.rosa).open_flags().len(), 1);
    assert!(clinic.whole(clinic.rosa).known.notes[0].signed.is_some());
}

#[test]
fn each_role_reads_what_it_needs_and_a_private_account_only_its_author() {
    // Hazard: H45, H68
    let clinic = clinic();
    let (mut therapist, mut prescriber) = (
        clinic.house.person("therapist"),
        clinic.house.person("prescriber"),
    );
    let page = format!("/patients/{}/integration", clinic.rosa);
    // Due since yesterday, by tomorrow: 24 to 96 h, aimed at 72 h after 16 November, 09:30.
    let due = therapist.page(&page).text();
    assert!(due.contains("due by 19 Nov 2026, 09:30"), "{due}");
    assert!(due.contains("17 Nov 2026, 09:30 to 20 Nov 2026, 09:30"));
    let fields = [("risk", "none"), ("account", ACCOUNT)];
    assert_eq!(
        clinic.write(&mut therapist, clinic.rosa, &fields).status,
        303
    );
    let held = therapist.page(&page).text();
    assert!(held.contains("held") && held.contains(ACCOUNT), "{held}");
    assert!(prescriber.page(&page).text().contains(ACCOUNT));
    for role in ["nurse", "auditor"] {
        let text = clinic.house.person(role).page(&page).text();
        assert!(
            text.contains("First integration") && !text.contains(ACCOUNT),
            "{role}"
        );
    }
    assert_eq!(clinic.house.person("front-desk").page(&page).status, 403);

    // The person keeps it between them and the therapist, on their phone, and lets go of it again.
    let mut phone = Phone::of(&clinic.house, clinic.rosa, Language::Spanish);
    assert!(phone.page("/my/integration").contains(ACCOUNT));
    let note = clinic.whole(clinic.rosa).known.notes[0].id.to_string();
    let close = [("what", "close"), ("note", note.as_str())];
    assert_eq!(phone.say(&close).status, 303);
    assert!(therapist.page(&page).text().contains(ACCOUNT));
    assert!(!prescriber.page(&page).text().contains(ACCOUNT));
    // What is written to it since is as private: it may tell of the account.
    let person = clinic.rosa.to_string();
    let more = [
        ("what", "correction"),
        ("patient", person.as_str()),
        ("note", note.as_str()),
        ("words", ADDED),
        ("reason", "it was misheard"),
    ];
    assert_eq!(act(&mut therapist, &page, &more).status, 303);
    assert!(therapist.page(&page).text().contains(ADDED));
    let other = prescriber.page(&page).text();
    assert!(!other.contains(ADDED) && !other.contains("misheard"));
    assert!(other.contains("this was written to it"), "{other}");
    let open = [("what", "open"), ("note", note.as_str())];
    assert_eq!(phone.say(&open).status, 303);
    let other = prescriber.page(&page).text();
    assert!(other.contains(ACCOUNT) && other.contains(ADDED));
    // Somebody else's phone has no way to it.
    let other = clinic.person("4712", "Lind", "Ove");
    let mut stranger = Phone::of(&clinic.house, other, Language::English);
    assert!(!stranger.page("/my/integration").contains(ACCOUNT));
    assert_ne!(stranger.say(&close).status, 303);
}

#[test]
fn the_list_has_late_ones_first_and_tells_the_front_desk_that_a_visit_is_due_and_no_more() {
    // Hazard: H45
    let clinic = clinic();
    let mut therapist = clinic.house.person("therapist");
    let mut desk = clinic.house.person("front-desk");
    let due = desk.page("/integration").text();
    assert!(due.contains("visit due by 19 Nov 2026, 09:30"), "{due}");
    assert!(!due.contains("First integration") && !due.contains("Agree a group"));
    assert!(
        therapist
            .page("/integration")
            .text()
            .contains("First integration: due by")
    );
    // 97 hours after the drug has ended.
    clinic.hand.advance(Span::from_hours(49));
    let mut therapist = clinic.house.person("therapist");
    let late = therapist.page("/integration").text();
    assert!(
        late.contains("First integration: late since 20 Nov 2026, 09:30"),
        "{late}"
    );
    // With a reason it is not owed any more.
    let session = clinic.session.to_string();
    let person = clinic.rosa.to_string();
    let fields = [
        ("patient", person.as_str()),
        ("kind", "first"),
        ("session", session.as_str()),
    ];
    let path = format!("/patients/{}/integration", clinic.rosa);
    let silent = [&fields[..], &[("what", "miss"), ("reason", " ")]].concat();
    assert_eq!(act(&mut therapist, &path, &silent).status, 422);
    let why = [&fields[..], &[("what", "miss"), ("reason", "she travels")]].concat();
    assert_eq!(act(&mut therapist, &path, &why).status, 303);
    assert!(!therapist.page("/integration").text().contains("late since"));
    assert!(therapist.page(&path).text().contains("she travels"));
}

#[test]
fn each_record_of_a_group_holds_its_own_part_and_nobody_elses_name() {
    // Hazard: H68
    let clinic = clinic();
    let ove = clinic.person("4712", "Lindqvist-Öberg", "Ove");
    let mut therapist = clinic.house.person("therapist");
    let (rosa_word, ove_word) = (clinic.rosa.to_string(), ove.to_string());
    let people = [
        ("at", "2026-11-19T16:00"),
        ("person", rosa_word.as_str()),
        ("person", ove_word.as_str()),
    ];
    let alone = act(&mut therapist, "/integration/groups", &people[..2]);
    assert_eq!(alone.status, 422);
    let agreed = act(&mut therapist, "/integration/groups", &people);
    assert_eq!(agreed.status, 303, "{}", agreed.text());
    let page = agreed.header("location").unwrap().to_owned();
    let ahead = therapist.page(&page).text();
    assert!(
        ahead.contains("QUILL") && ahead.contains("once it was held"),
        "{ahead}"
    );
    let own = format!("/patients/{}/integration", clinic.rosa);
    assert!(
        therapist
            .page(&own)
            .text()
            .contains("agreed: 19 Nov 2026, 16:00")
    );
    let mut phone = Phone::of(&clinic.house, clinic.rosa, Language::Spanish);
    assert!(phone.page("/my/integration").contains("19/11/2026, 16:00"));

    clinic.hand.advance(Span::from_hours(32));
    let mut therapist = clinic.house.person("therapist");
    let names = |name: &str, person: &str| format!("{name}-{person}");
    let (rosa_part, ove_part) = (names("account", &rosa_word), names("account", &ove_word));
    let (rosa_risk, ove_risk) = (names("risk", &rosa_word), names("risk", &ove_word));
    let ove_theme = names("theme", &ove_word);
    let entry = |together: &'static str, of_ove: &'static str| {
        [
            ("what", "sign"),
            ("held_at", "2026-11-19T16:00"),
            ("together", together),
            ("person", rosa_word.as_str()),
            ("person", ove_word.as_str()),
            (rosa_part.as_str(), "She spoke of the sea."),
            (ove_part.as_str(), of_ove),
            (rosa_risk.as_str(), "none"),
            (ove_risk.as_str(), "none"),
            (ove_theme.as_str(), "grief"),
        ]
    };
    // A name of somebody else is refused, in what all read and in one's own part.
    let named = act(
        &mut therapist,
        &page,
        &entry("Ove began, then a round.", "He listened."),
    );
    assert_eq!(named.status, 422);
    assert!(
        named.text().contains("Ove Lindqvist-Öberg is named"),
        "{}",
        named.text()
    );
    let named = act(
        &mut therapist,
        &page,
        &entry("A round.", "He liked what rosa said."),
    );
    assert_eq!(named.status, 422);
    assert!(
        named.text().contains("Rosa QUILL is named"),
        "{}",
        named.text()
    );
    let saved = act(&mut therapist, &page, &entry("A round.", "He listened."));
    assert_eq!(saved.status, 303, "{}", saved.text());

    let stored = |patient: PatientId| {
        let (store, tenant) = (
            &clinic.house.application().store,
            clinic.house.application().tenant,
        );
        let stream = StreamId::of(StreamKind::Integration, patient.0);
        let events = clinic
            .house
            .wait_for(store.stream(tenant, stream, 0))
            .unwrap();
        format!(
            "{:?}",
            events
                .iter()
                .map(|one| String::from_utf8_lossy(&one.body).into_owned())
                .collect::<Vec<_>>()
        )
    };
    let (of_rosa, of_ove) = (stored(clinic.rosa), stored(ove));
    assert!(of_rosa.contains("the sea") && !of_rosa.contains("listened"));
    for other in ["Lindqvist", "Ove", ove_word.as_str()] {
        assert!(!of_rosa.contains(other), "{other} in {of_rosa}");
    }
    assert!(of_ove.contains("listened") && !of_ove.contains("the sea"));
    assert!(!of_ove.contains("Rosa") && !of_ove.contains(&rosa_word));
    // What moved one of them is no theme of the other.
    assert!(of_ove.contains("grief") && !of_rosa.contains("grief"));
    // Nor does a name come in by a way round the group's form: by what is written later, or by a
    // note that is written further on the person's own page.
    let note = clinic.whole(clinic.rosa).known.notes[0].id.to_string();
    let later = |words: &'static str| {
        [
            ("what", "addendum"),
            ("patient", rosa_word.as_str()),
            ("note", note.as_str()),
            ("words", words),
        ]
    };
    let named = act(&mut therapist, &own, &later("Ove said the same."));
    assert_eq!(named.status, 422);
    assert!(named.text().contains("Ove Lindqvist-Öberg is named"));
    assert_eq!(act(&mut therapist, &own, &later("She called.")).status, 303);
    let group = page.rsplit('/').next().unwrap();
    let apart = [
        ("risk", "none"),
        ("account", "As Lindqvist-Öberg told it."),
        ("kind", "other"),
        ("session", ""),
        ("group", group),
    ];
    let named = clinic.write(&mut therapist, clinic.rosa, &apart);
    assert_eq!(named.status, 422);
    assert!(!stored(clinic.rosa).contains("Lindqvist"));
    // It was Rosa's first contact, which is held.
    let plan = clinic.whole(clinic.rosa).plan;
    let held = |one: &clinical::course::integration::Planned| {
        matches!(one.standing, Standing::Held { signed: true, .. })
    };
    assert!(plan.iter().any(held));
}

#[test]
fn a_day_that_no_row_of_the_plan_asks_for_can_be_called_off() {
    let clinic = clinic();
    let mut therapist = clinic.house.person("therapist");
    let page = format!("/patients/{}/integration", clinic.rosa);
    let person = clinic.rosa.to_string();
    let agree = [
        ("what", "book"),
        ("patient", person.as_str()),
        ("kind", "other"),
        ("session", ""),
        ("at", "2026-11-20T10:00"),
        ("mode", "phone"),
    ];
    let agreed = act(&mut therapist, &page, &agree);
    assert_eq!(agreed.status, 303, "{}", agreed.text());
    assert!(
        therapist
            .page(&page)
            .text()
            .contains("Another contact, 20 Nov 2026, 10:00, by telephone")
    );
    let booking = clinic.whole(clinic.rosa).known.bookings[0]
        .booking
        .to_string();
    let off = [
        ("what", "cancel"),
        ("patient", person.as_str()),
        ("booking", booking.as_str()),
        ("reason", "she is away"),
    ];
    assert_eq!(act(&mut therapist, &page, &off).status, 303);
    assert!(!therapist.page(&page).text().contains("20 Nov 2026, 10:00"));
}

/// Rosa's second record has a warning sign, and one of the two is merged into the other: her next visit
/// stands in the record in which she was accepted.
fn held_by_a_sign_of_the_other_record(second_stays: bool) {
    use clinical::course::screening::person::{Phase, Product, Route};
    use clinical::policy::Outcome;
    let clinic = clinic();
    let application = clinic.house.application();
    let stands = || {
        let at = Moment::parse("2026-11-19T09:00:00Z").unwrap();
        let (product, route) = (Product::Racemic, Route::Intravenous);
        let visit =
            server::standing::visit(application, at, product, route, Phase::Series).unwrap();
        let found = server::standing::standing(application, clinic.rosa, &visit);
        clinic.house.wait_for(found).unwrap().unwrap()
    };
    let mut therapist = clinic.house.person("therapist");
    let second = clinic.person("0815", "Quill", "Rosa");
    let told = [("risk", "plan"), ("kind", "other"), ("session", "")];
    assert_eq!(clinic.write(&mut therapist, second, &told).status, 303);
    assert_eq!(stands().outcome, Outcome::Met, "{}", stands().says);
    let (from, into) = if second_stays {
        (clinic.rosa, second)
    } else {
        (second, clinic.rosa)
    };
    let (mut desk, mut nurse) = (
        clinic.house.person("front-desk"),
        clinic.house.person("nurse"),
    );
    let into = into.to_string();
    for (who, what) in [(&mut desk, "propose"), (&mut nurse, "confirm")] {
        let merge = [
            ("into", into.as_str()),
            ("act", what),
            ("reason", "looked at the passport"),
        ];
        let path = format!("/patients/{from}/merge");
        assert_eq!(act(who, &path, &merge).status, 303);
    }
    let found = stands();
    assert_eq!(found.outcome, Outcome::Unmet);
    assert!(found.says.contains("warning sign"), "{}", found.says);
}

#[test]
fn a_warning_sign_of_a_record_that_was_merged_away_stands_against_the_next_visit() {
    // Hazard: H62, H02
    held_by_a_sign_of_the_other_record(false);
}

#[test]
fn a_warning_sign_of_the_record_that_stays_stands_against_a_visit_of_the_one_merged_into_it() {
    // Hazard: H62, H02
    held_by_a_sign_of_the_other_record(true);
}

#[test]
fn a_person_whose_records_were_merged_has_one_plan() {
    // Hazard: H02
    let clinic = clinic();
    let mut therapist = clinic.house.person("therapist");
    let fields = [
        ("risk", "none"),
        ("account", ACCOUNT),
        ("homework", "One letter"),
    ];
    assert_eq!(
        clinic.write(&mut therapist, clinic.rosa, &fields).status,
        303
    );
    let stays = clinic.person("0815", "Quill", "Rosa");
    let (mut desk, mut nurse) = (
        clinic.house.person("front-desk"),
        clinic.house.person("nurse"),
    );
    let into = stays.to_string();
    for (who, what) in [(&mut desk, "propose"), (&mut nurse, "confirm")] {
        let merge = [
            ("into", into.as_str()),
            ("act", what),
            ("reason", "looked at the passport"),
        ];
        let path = format!("/patients/{}/merge", clinic.rosa);
        assert_eq!(act(who, &path, &merge).status, 303);
    }
    let old = therapist.page(&format!("/patients/{}/integration", clinic.rosa));
    let to = format!("/patients/{stays}/integration");
    assert_eq!(old.header("location"), Some(to.as_str()));
    let page = therapist.page(&to).text();
    assert!(page.contains(ACCOUNT) && page.contains("✓ held"), "{page}");
    // One plan: one first contact, one review.
    let whole = clinic.whole(stays);
    assert_eq!(whole.plan.len(), 3);
    // What is written to the old note stays with it; the person answers from the record that stays.
    let note = whole.known.notes[0].id.to_string();
    let person = stays.to_string();
    let more = [
        ("what", "addendum"),
        ("patient", person.as_str()),
        ("note", note.as_str()),
        ("words", "She called the day after."),
    ];
    assert_eq!(act(&mut therapist, &to, &more).status, 303);
    assert!(
        therapist
            .page(&to)
            .text()
            .contains("She called the day after.")
    );
    let mut phone = Phone::of(&clinic.house, stays, Language::English);
    assert!(phone.page("/my/integration").contains("One letter"));
    let homework = whole.known.homework[0].homework.to_string();
    let done = [
        ("what", "homework"),
        ("homework", homework.as_str()),
        ("answer", "did-not-fit"),
    ];
    assert_eq!(phone.say(&done).status, 303);
    let known = clinic.whole(stays).known;
    assert_eq!(known.homework[0].answer(), Some(Homework::DidNotFit));
    let records = integration::records(clinic.house.application(), stays);
    assert_eq!(clinic.house.wait_for(records).unwrap().len(), 2);
}

#[test]
fn what_was_typed_stays_where_a_time_is_not_understood_and_another_persons_form_writes_nothing() {
    // Hazard: H02
    let clinic = clinic();
    let mut therapist = clinic.house.person("therapist");
    let wrong = [("risk", "none"), ("account", ACCOUNT), ("held_at", "soon")];
    let refused = clinic.write(&mut therapist, clinic.rosa, &wrong);
    assert_eq!(refused.status, 422);
    assert!(refused.text().contains(ACCOUNT));
    let ahead = [("risk", "none"), ("held_at", "2026-11-30T09:00")];
    assert_eq!(
        clinic.write(&mut therapist, clinic.rosa, &ahead).status,
        422
    );
    let other = clinic.person("4712", "Lind", "Ove");
    let person = other.to_string();
    let elsewhere = [("risk", "none"), ("patient", person.as_str())];
    let path = format!("/patients/{}/integration/write", clinic.rosa);
    assert_ne!(act(&mut therapist, &path, &elsewhere).status, 303);
    // A session of somebody else is no session of this person.
    let refused = clinic.write(&mut therapist, other, &[("risk", "none")]);
    assert_ne!(refused.status, 303);
    assert!(clinic.whole(clinic.rosa).known.notes.is_empty());
    assert!(clinic.whole(other).known.notes.is_empty());
}
