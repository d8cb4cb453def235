//! Scales after sessions, over real sockets: asked by the same link, one question a page, saved at
//! every answer; an answer that needs a person, until somebody has it in hand; the page of outcomes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person, nurse};
use crate::stranger::http::{Answer, Connection, get, post as sent};
use clinical::course::follow_up::{ContactKind, Ended, FollowUp, FollowUpRules, Urgency, plan};
use clinical::course::outcomes::{AskedStanding, Outcomes, Score};
use clinical::course::screening::person::Product;
use clinical::instrument::Points;
use clinical::record::{CommandId, PatientId, SessionId};
use server::clock::{Clock, Hand};
use server::follow_up::keep;
use server::journey::{Change, change};
use server::web::respond::Refused;
use units::{Moment, Span};
use uuid::Uuid;

/// 20 November 2026, 09:00 UTC.
const BEGAN: Moment = Moment::from_microseconds(1_795_165_200_000_000);

struct Clinic {
    house: House,
    hand: Hand,
    rosa: PatientId,
}

/// A week after Rosa's session, with the contact made.
fn clinic() -> Clinic {
    let (clock, hand) = Clock::starting_at(BEGAN);
    let house = House::staffed(|configuration| {
        configuration.clock = clock;
        configuration.phone = "01 234 567".to_owned();
    });
    let (rosa, _) = house.ready_session("0042-118", "1");
    let ended = Ended {
        session: SessionId(Uuid::from_u128(5)),
        product: Product::Racemic,
        number: 6,
        at: BEGAN,
    };
    let contacts = plan(&ended, &FollowUpRules::shipped().unwrap(), |at| at);
    let wanted = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: nurse(),
        at: None,
        id: rosa.0,
        patient: Some(rosa),
        session: None,
        action: "plan",
        wanted: String::new(),
    };
    let done = change(house.application(), wanted, |state: &FollowUp, _| {
        Ok::<_, Refused>(state.plan(&ended, contacts.clone()))
    });
    house.wait_for(done).unwrap();
    let clinic = Clinic { house, hand, rosa };
    clinic.later(Span::from_hours(24 * 7));
    clinic
}

impl Clinic {
    fn later(&self, span: Span) {
        self.hand.advance(span);
        self.house.wait_for(keep(self.house.application())).unwrap();
    }

    fn scales(&self) -> Outcomes {
        let read = server::outcomes::of(self.house.application(), self.rosa);
        self.house.wait_for(read).unwrap().state
    }

    fn after(&self) -> FollowUp {
        let read = server::follow_up::of(self.house.application(), self.rosa);
        self.house.wait_for(read).unwrap().state
    }

    /// Rosa's cookie, through the door that the contact's link leads to.
    fn enter(&self) -> String {
        self.house.through_the_door(self.rosa, "/my/follow-up")
    }

    fn page(&self, path: &str, cookie: &str) -> Answer {
        let mut connection = Connection::open(self.house.http()).unwrap();
        let headers = [("cookie", cookie), ("accept", "text/html")];
        connection.send(&get(path, &headers)).unwrap()
    }

    fn say_as(&self, id: Uuid, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        let (_, secret) = cookie.split_once('=').unwrap();
        let csrf = hex::encode(server::identity::digest(&format!("form {secret}")));
        let id = id.to_string();
        let mut all = vec![("csrf", csrf.as_str()), ("command_id", id.as_str())];
        all.extend_from_slice(fields);
        let mut connection = Connection::open(self.house.http()).unwrap();
        connection
            .send(&sent(path, &[("cookie", cookie)], &all))
            .unwrap()
    }

    fn say(&self, path: &str, cookie: &str, fields: &[(&str, &str)]) -> Answer {
        self.say_as(Uuid::now_v7(), path, cookie, fields)
    }

    fn choose(&self, cookie: &str, scale: &str, item: &str, answer: &str) -> String {
        let path = format!("/my/scales/{scale}");
        let said = self.say(&path, cookie, &[("item", item), ("answer", answer)]);
        assert_eq!(said.status, 303, "{}", said.text());
        said.header("location").unwrap().to_owned()
    }
}

/// Sends a form of staff with a number of its own.
fn act(who: &mut Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    let id = Uuid::now_v7().to_string();
    let mut all = vec![("command_id", id.as_str())];
    all.extend_from_slice(fields);
    who.send(path, &all)
}

#[test]
fn the_contact_of_the_week_leads_from_how_are_you_through_both_scales_one_question_a_page() {
    let clinic = clinic();
    let rosa = clinic.enter();
    let report = [("mood", "better"), ("thoughts", "none")];
    let to = clinic.say("/my/follow-up", &rosa, &report);
    assert_eq!(to.header("location"), Some("/my/scales"));
    let list = clinic.page("/my/scales", &rosa).text();
    assert!(list.contains("0 of 10 answered") && list.contains("0 of 7 answered"));
    let first = clinic.page("/my/scales/phq-9", &rosa).text();
    assert!(first.contains("Little interest or pleasure") && first.contains("Question 1 of 10"));
    // Nothing is chosen for her, and an answer that is none is not saved.
    assert!(!first.contains(" checked"));
    let empty = clinic.say("/my/scales/phq-9", &rosa, &[("item", "1")]);
    assert_eq!(empty.status, 422);
    assert!(clinic.scales().sheets.is_empty());
    for item in ["1", "2", "3", "4", "5", "6", "7", "8", "9"] {
        let answer = if item == "3" {
            "declined"
        } else {
            "not-at-all"
        };
        assert_eq!(
            clinic.choose(&rosa, "phq-9", item, answer),
            "/my/scales/phq-9"
        );
    }
    let next = clinic.choose(&rosa, "phq-9", "10", "not-difficult");
    assert_eq!(next, "/my/scales/gad-7");
    // Another day, another phone: gone on with where it was left.
    clinic.choose(&rosa, "gad-7", "1", "several-days");
    clinic.later(Span::from_hours(24));
    let again = clinic.enter();
    let second = clinic.page("/my/scales/gad-7", &again).text();
    assert!(second.contains("Question 2 of 7"), "{second}");
    for item in ["2", "3", "4", "5", "6"] {
        clinic.choose(&again, "gad-7", item, "several-days");
    }
    assert_eq!(
        clinic.choose(&again, "gad-7", "7", "several-days"),
        "/my/scales"
    );
    let done = clinic.page("/my/scales", &again).text();
    assert!(done.contains("Thank you. All is saved."));
    let scales = clinic.scales();
    let library = clinic.house.application().scales();
    let points = |scale: &str| {
        let sheet = scales.of_scale(scale)[0];
        match sheet.reading(library.named(scale).unwrap()).unwrap().score {
            Score::Complete { points, estimated } => (points, estimated),
            other => panic!("{other:?}"),
        }
    };
    // One answer is missing: the mean of eight noughts. Seven times one.
    assert_eq!(points("phq-9"), (Points::ZERO, true));
    assert_eq!(points("gad-7"), (Points::whole(7).unwrap(), false));
    assert!(clinic.after().flags.is_empty());
}

#[test]
fn thoughts_of_death_on_a_scale_are_a_warning_sign_until_a_named_person_has_it_in_hand() {
    // Hazard: H40, H62
    let clinic = clinic();
    let rosa = clinic.enter();
    let to = clinic.choose(&rosa, "phq-9", "9", "more-than-half");
    assert_eq!(to, "/my/follow-up/now");
    let now = clinic.page("/my/follow-up/now", &rosa).text();
    assert!(now.contains("You should not be alone with this"));
    assert!(now.contains("988") && now.contains("01 234 567"));
    assert!(
        now.contains("/my/scales"),
        "she can go on with the questions"
    );
    let flags = clinic.after().flags;
    assert_eq!(flags.len(), 1);
    assert_eq!(flags[0].urgency, Urgency::SameHour);
    assert!(flags[0].is_escalating());
    // Told again, without end.
    let before = clinic.after().flags[0].told.len();
    clinic.later(Span::from_minutes(11));
    assert!(clinic.after().flags[0].told.len() > before);
    // The same answer again is the same flag.
    clinic.choose(&rosa, "phq-9", "9", "more-than-half");
    assert_eq!(clinic.after().flags.len(), 1);
    // Staff read it on their list, and one of them takes it in hand.
    let mut nurse = clinic.house.person("nurse");
    let list = nurse.page("/follow-up").text();
    assert!(list.contains("PHQ-9 item 9"), "{list}");
    let path = format!("/patients/{}/follow-up", clinic.rosa);
    let (whose, flag) = (clinic.rosa.to_string(), flags[0].flag.to_string());
    let fields = [
        ("patient", whose.as_str()),
        ("flag", flag.as_str()),
        ("what", "acknowledge"),
    ];
    assert_eq!(act(&mut nurse, &path, &fields).status, 303);
    assert!(!clinic.after().flags[0].is_escalating());
    let read = clinic.page("/my/follow-up/now", &rosa).text();
    assert!(read.contains("has it in hand"));
}

#[test]
fn an_answer_that_is_sent_twice_is_one_answer_and_one_flag() {
    // Hazard: H21
    let clinic = clinic();
    let rosa = clinic.enter();
    let id = Uuid::now_v7();
    let fields = [("item", "9"), ("answer", "several-days")];
    for _ in 0..2 {
        let said = clinic.say_as(id, "/my/scales/phq-9", &rosa, &fields);
        assert_eq!(said.header("location"), Some("/my/follow-up/now"));
    }
    assert_eq!(clinic.after().flags.len(), 1);
    assert_eq!(clinic.after().flags[0].urgency, Urgency::SameDay);
    assert_eq!(clinic.scales().sheets.len(), 1);
}

#[test]
fn in_spanish_the_questions_are_spanish_and_a_scale_can_be_left_out() {
    let clinic = clinic();
    let rosa = clinic.enter();
    clinic.say(
        "/my/language",
        &rosa,
        &[("language", "es"), ("back", "/my")],
    );
    let first = clinic.page("/my/scales/phq-9", &rosa).text();
    assert!(first.contains("Poco interés o placer") && first.contains("Pregunta 1 de 10"));
    let to = clinic.say("/my/scales/phq-9", &rosa, &[("act", "skip"), ("item", "1")]);
    assert_eq!(to.header("location"), Some("/my/scales/gad-7"));
    assert!(
        clinic
            .page("/my/journey", &rosa)
            .text()
            .contains("Mi camino")
    );
}

#[test]
fn after_two_weeks_nothing_is_asked_any_more_and_no_answer_is_taken() {
    let clinic = clinic();
    clinic.later(Span::from_hours(24 * 14));
    let rosa = clinic.enter();
    let list = clinic.page("/my/scales", &rosa).text();
    assert!(list.contains("Nothing is asked now"));
    let fields = [("item", "1"), ("answer", "not-at-all")];
    let late = clinic.say("/my/scales/phq-9", &rosa, &fields);
    assert_ne!(late.status, 303);
    assert!(clinic.scales().sheets.is_empty());
}

#[test]
fn staff_enter_a_total_read_it_and_strike_it_out() {
    let clinic = clinic();
    let mut nurse = clinic.house.person("nurse");
    let path = format!("/patients/{}/outcomes", clinic.rosa);
    let whose = clinic.rosa.to_string();
    let enter = |nurse: &mut Person, total: &str, item: &str| {
        let fields = [
            ("patient", whose.as_str()),
            ("scale", "madrs"),
            ("total", total),
            ("item-10", item),
            ("filled", "2026-11-26T08:30"),
            ("what", "enter"),
        ];
        act(nurse, &path, &fields)
    };
    // Source: clinical reference 8.1, 0 to 60.
    let wrong = enter(&mut nurse, "61", "");
    assert_eq!(wrong.status, 422);
    assert!(wrong.text().contains("a whole number from 0 to 60"));
    assert!(clinic.scales().sheets.is_empty());
    assert_eq!(enter(&mut nurse, "27", "0").status, 303);
    assert!(clinic.after().flags.is_empty());
    let page = nurse.page(&path).text();
    assert!(page.contains("26 Nov 2026") && page.contains(">27</strong>"));
    // Another person's form is not taken.
    let foreign = [("patient", "no"), ("what", "enter")];
    assert_eq!(act(&mut nurse, &path, &foreign).status, 422);
    let sheet = clinic.scales().sheets.keys().next().unwrap().to_string();
    let fields = [
        ("patient", whose.as_str()),
        ("sheet", sheet.as_str()),
        ("reason", "Another person's form."),
        ("what", "strike"),
    ];
    assert_eq!(act(&mut nurse, &path, &fields).status, 303);
    let page = nurse.page(&path).text();
    assert!(page.contains("<s>27</s>") && page.contains("Another person&#39;s form."));
    // What a rater finds on item 10 is a warning sign too. Hazard: H40, H62
    assert_eq!(enter(&mut nurse, "30", "2").status, 303);
    assert!(clinic.after().flags[0].is_escalating());
}

#[test]
fn before_the_first_session_the_page_says_that_nothing_is_known_of_a_change() {
    // Hazard: H65
    let clinic = clinic();
    let mut nurse = clinic.house.person("nurse");
    let path = format!("/patients/{}/outcomes", clinic.rosa);
    let page = nurse.page(&path).text();
    assert!(page.contains("No session yet."), "{page}");
    assert!(page.contains("not known: no session yet"));
    assert!(page.contains("asked, waits until"));
    assert!(page.contains("<svg class=\"outcomes-chart\""));
    // The definition's words and source stand there, and what nobody has verified is marked.
    assert!(page.contains("At least 50 % below the first score."));
    assert!(page.contains("clinical reference §8.5"));
    assert!(page.contains("unverified"));
}

#[test]
fn the_demo_has_somebody_who_remits_who_relapses_who_stays_away_and_who_is_partly_better() {
    let house = House::demo();
    let mut prescriber = house.person("prescriber");
    let mut page = |name: &str| {
        let found = prescriber.page(&format!("/patients?q={name}")).text();
        let (_, rest) = found.split_once("href=\"/patients/0").unwrap();
        let (id, _) = rest.split_once('"').unwrap();
        let id = id.split('/').next().unwrap();
        prescriber.page(&format!("/patients/0{id}/outcomes")).text()
    };
    let remits = page("Lindgren");
    assert!(remits.contains("Before the first session 21"));
    assert!(remits.contains("none since the remission"));
    let relapses = page("Ferreira");
    assert!(relapses.contains("Relapse after remission: 10 or more on"));
    let away = page("Oyelaran");
    assert!(away.contains("asked, no answer"));
    assert!(away.contains("no score since the first session"));
    let partly = page("Quispe");
    // 13 of 20: 35 % lower.
    assert!(partly.contains("7 lower, 35\u{a0}%"));
    assert!(partly.contains("no score: 2 answers missing"));
}

#[test]
fn who_has_become_worse_again_stands_on_the_list_until_somebody_writes_what_was_done() {
    // Hazard: H65
    let house = House::demo();
    let mut nurse = house.person("nurse");
    let worse = |page: &str| {
        let (_, rest) = page.split_once("id=\"worse-heading\"").unwrap();
        rest.split_once("</section>").unwrap().0.to_owned()
    };
    let list = worse(&nurse.page("/follow-up").text());
    assert!(list.contains("FERREIRA"), "{list}");
    // 3 was the lowest, 16 is the newest.
    assert!(list.contains("PHQ-9 16 on"), "{list}");
    assert!(list.contains("13 above the lowest, 3 on"), "{list}");
    assert!(!list.contains("LINDGREN"), "who is well is not called");
    let (_, rest) = list.split_once("href=\"/patients/").unwrap();
    let (patient, _) = rest.split_once('/').unwrap();
    let path = format!("/patients/{patient}/outcomes");
    let page = nurse.page(&path).text();
    let (_, form) = page.split_once("id=\"rise-heading\"").unwrap();
    let (_, rest) = form.split_once("name=\"sheet\" value=\"").unwrap();
    let sheet = rest.split_once('"').unwrap().0.to_owned();
    let told = |done: &'static str| {
        [
            ("patient", patient.to_owned()),
            ("what", "rise".to_owned()),
            ("sheet", sheet.clone()),
            ("done", done.to_owned()),
        ]
    };
    let mut send = |done: &'static str| {
        let fields = told(done);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        act(&mut nurse, &path, &fields).status
    };
    assert_eq!(send(" "), 422);
    assert_eq!(send("Called; a visit on Monday."), 303);
    let list = worse(&nurse.page("/follow-up").text());
    assert!(!list.contains("FERREIRA"), "{list}");
    let page = nurse.page(&path).text();
    assert!(page.contains("Called; a visit on Monday."));
    assert!(!page.contains("id=\"rise-heading\""));
}

#[test]
fn the_same_seed_gives_the_same_answers_question_by_question() {
    // Ids and the hour differ from one opening to the next; what people answered does not.
    let told = |house: &House| -> Vec<String> {
        let application = house.application();
        let people = house.wait_for(application.store.patients(application.tenant, "", 200));
        let mut all = Vec::new();
        for row in people.unwrap() {
            let read = server::outcomes::of(application, row.patient);
            let scales = house.wait_for(read).unwrap().state;
            for sheet in scales.sheets.values() {
                let answers: Vec<String> = sheet
                    .answers
                    .iter()
                    .map(|(item, answer)| format!("{item} {answer:?}"))
                    .collect();
                let total = sheet.total.map(|total| total.to_string());
                all.push(format!(
                    "{} {} {total:?} {answers:?}",
                    row.family_name, sheet.scale
                ));
            }
        }
        all.sort();
        all
    };
    let (one, two) = (told(&House::demo()), told(&House::demo()));
    // Three, five and two contacts with two scales each, and four totals that staff entered; of the
    // others four, one, one, four, two and one contacts. Of all of these, thirteen are a month or a
    // quarter after which the bladder questions were answered too (one more stopped before them):
    // one, four, one; three, three, one. Three of them are half-years with AUDIT-C.
    assert_eq!(one.len(), 24 + 26 + 13 + 3);
    assert_eq!(one, two);
}

#[test]
fn a_contact_that_asks_is_told_apart_from_one_that_does_not() {
    let clinic = clinic();
    let application = clinic.house.application();
    let open = server::outcomes::open(application, clinic.rosa);
    let asked = clinic.house.wait_for(open).unwrap().unwrap();
    assert_eq!(
        (asked.kind, asked.ends_induction),
        (ContactKind::Week, true)
    );
    assert!(matches!(
        asked.standing,
        AskedStanding::Open { answered: 0, .. }
    ));
}

/// A part of a page: from what has this id to the end of its section.
fn section<'a>(page: &'a str, id: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("id=\"{id}\"")).unwrap();
    rest.split_once("</section>").unwrap().0
}

impl Clinic {
    /// So many days after the session, in the hours in which people answer.
    fn on_day(days: i64) -> Self {
        let clinic = clinic();
        clinic.later(Span::from_hours(24 * (days - 7)));
        clinic
    }

    /// What comes before the bladder questions is left out.
    fn skip(&self, cookie: &str, scales: &[&str]) {
        for scale in scales {
            let fields = [("act", "skip"), ("item", "1")];
            let said = self.say(&format!("/my/scales/{scale}"), cookie, &fields);
            assert_eq!(said.status, 303, "{}", said.text());
        }
    }
}

#[test]
fn after_a_quarter_the_phone_asks_about_the_bladder_and_pain_of_three_days_reaches_staff() {
    // Hazard: H62, H65. Source: clinical reference 7.3, 7.4, 7.5.
    let clinic = Clinic::on_day(91);
    let mut nurse = clinic.house.person("nurse");
    let due = |nurse: &mut Person, what: &str| {
        let page = nurse.page("/surveillance").text();
        section(&page, "late-heading").contains(&format!("<td>{what}</td>"))
    };
    assert!(due(&mut nurse, "Bladder") && due(&mut nurse, "Drug use"));
    let rosa = clinic.enter();
    let list = clinic.page("/my/scales", &rosa).text();
    let place = |what: &str| list.find(what).unwrap_or_else(|| panic!("{what}: {list}"));
    assert!(place("Mood and sleep") < place("Worry") && place("Worry") < place("Bladder"));
    assert!(list.contains("0 of 4 answered") && !list.contains("Alcohol"));
    assert!(!list.contains("The last two weeks"), "these are about one");
    clinic.skip(&rosa, &["phq-9", "gad-7"]);
    let first = clinic.page("/my/scales/urinary-symptoms", &rosa).text();
    assert!(first.contains("Question 1 of 4") && first.contains("Think of the last 7 days."));
    assert!(!first.contains(" checked"));
    let scale = "urinary-symptoms";
    let next = "/my/scales/urinary-symptoms";
    assert_eq!(clinic.choose(&rosa, scale, "urgency", "none"), next);
    assert_eq!(clinic.choose(&rosa, scale, "frequency", "one-or-two"), next);
    assert_eq!(clinic.choose(&rosa, scale, "night", "none"), next);
    // Three of four answers are not all: it stays due.
    assert!(due(&mut nurse, "Bladder"));
    assert!(clinic.after().flags.is_empty());
    let to = clinic.choose(&rosa, scale, "pain", "three-or-more");
    assert_eq!(to, "/my/follow-up/now");
    let now = clinic.page("/my/follow-up/now", &rosa).text();
    assert!(now.contains("Somebody must look at this today"), "{now}");
    let flags = clinic.after().flags;
    assert_eq!(flags.len(), 1);
    assert_eq!(flags[0].urgency, Urgency::SameDay);
    assert!(flags[0].is_escalating());
    let page = nurse.page("/follow-up").text();
    let flagged = section(&page, "flags-heading");
    assert!(flagged.contains("painful or frequent urination on 3 days or more"));
    assert!(flagged.contains("Urine test, hold the series, urology."));
    // What was asked is not due any more; drugs were not asked.
    assert!(!due(&mut nurse, "Bladder") && due(&mut nurse, "Drug use"));
    let own = nurse.page(&format!("/patients/{}/follow-up", clinic.rosa));
    let own = own.text();
    assert!(
        own.contains("Bladder: the four questions answered"),
        "{own}"
    );
    assert!(!own.contains("alcohol was asked"));
    // Staff read words, and no number.
    let outcomes = nurse.page(&format!("/patients/{}/outcomes", clinic.rosa));
    let outcomes = outcomes.text();
    let watched = section(&outcomes, "watched-heading");
    assert!(watched.contains("<strong>answered</strong>"), "{watched}");
    assert!(watched.contains("frequency: on 1 or 2 days; pain: on 3 days or more"));
    assert!(watched.contains("3 months after the first series"));
    let heads = section(&outcomes, "numbers-heading");
    assert!(!heads.contains("Bladder"), "it is no outcome");
}

#[test]
fn after_half_a_year_alcohol_at_the_limit_stands_on_the_list_until_somebody_has_talked() {
    // Hazard: H65. Source: clinical reference 8.1: women 3 or more; the house registers her as female.
    let clinic = Clinic::on_day(182);
    let mut nurse = clinic.house.person("nurse");
    let rosa = clinic.enter();
    clinic.skip(&rosa, &["phq-9", "gad-7"]);
    for item in ["urgency", "frequency", "night"] {
        clinic.choose(&rosa, "urinary-symptoms", item, "none");
    }
    let to = clinic.choose(&rosa, "urinary-symptoms", "pain", "declined");
    assert_eq!(to, "/my/scales/audit-c");
    // Nobody is asked for their sex.
    let first = clinic.page("/my/scales/audit-c", &rosa).text();
    assert!(first.contains("Question 1 of 3"));
    clinic.choose(&rosa, "audit-c", "1", "2-to-4-a-month");
    let list = nurse.page("/follow-up").text();
    assert!(
        !list.contains("talk-heading"),
        "two of three is not known yet"
    );
    // Two and one are three for a woman, whatever the third answer is.
    clinic.choose(&rosa, "audit-c", "2", "3-or-4");
    let list = nurse.page("/follow-up").text();
    assert!(section(&list, "talk-heading").contains("at its limit or above"));
    let done = clinic.choose(&rosa, "audit-c", "3", "never");
    assert_eq!(done, "/my/scales");
    let list = nurse.page("/follow-up").text();
    let talk = section(&list, "talk-heading");
    assert!(talk.contains("AUDIT-C 3 on") && talk.contains("at its limit or above"));
    // It is for a talk: nobody is called from their bed, and nothing is held.
    assert!(clinic.after().flags.is_empty());
    // The bladder questions have one answer missing: they are still due. Of drugs nothing was asked.
    let late = nurse.page("/surveillance").text();
    let late = section(&late, "late-heading");
    assert!(late.contains("<td>Bladder</td>"));
    assert!(late.contains("DAST-10; alcohol was asked on"), "{late}");
    assert!(late.contains("drugs were not"));
    let path = format!("/patients/{}/outcomes", clinic.rosa);
    let page = nurse.page(&path).text();
    let watched = section(&page, "watched-heading");
    assert!(
        watched.contains("<strong>3 of 12</strong>") && watched.contains("at its limit or above")
    );
    assert!(watched.contains("not whole: 1 answer missing"));
    assert!(watched.contains("whether somebody must look at it is not known"));
    let scales = clinic.scales();
    let sheet = scales.of_scale("audit-c")[0].sheet.to_string();
    let whose = clinic.rosa.to_string();
    let mut talked = |done: &str| {
        let fields = [
            ("patient", whose.as_str()),
            ("what", "talked"),
            ("sheet", sheet.as_str()),
            ("done", done),
        ];
        act(&mut nurse, &path, &fields).status
    };
    assert_eq!(talked(" "), 422);
    assert_eq!(talked("Talked; wine at weekends, less from now on."), 303);
    let list = nurse.page("/follow-up").text();
    assert!(!list.contains("talk-heading"));
    let page = nurse.page(&path).text();
    assert!(page.contains("Talked; wine at weekends, less from now on."));
}

#[test]
fn in_spanish_the_bladder_is_asked_about_in_spanish() {
    let clinic = Clinic::on_day(30);
    let rosa = clinic.enter();
    let spanish = [("language", "es"), ("back", "/my")];
    clinic.say("/my/language", &rosa, &spanish);
    let list = clinic.page("/my/scales", &rosa).text();
    assert!(list.contains("Vejiga") && list.contains("Cómo ha estado"));
    let first = clinic.page("/my/scales/urinary-symptoms", &rosa).text();
    assert!(first.contains("Piense en los últimos 7 días.") && first.contains("Pregunta 1 de 4"));
}

#[test]
fn staff_enter_the_bladder_questions_in_words_and_what_they_strike_out_closes_nothing() {
    // Hazard: H62, H65
    let clinic = clinic();
    let mut nurse = clinic.house.person("nurse");
    let path = format!("/patients/{}/outcomes", clinic.rosa);
    let whose = clinic.rosa.to_string();
    let form = nurse.page(&path).text();
    assert!(form.contains("On 3 days or more") && form.contains("2 to 4 times a month"));
    let enter = |nurse: &mut Person, pain: &str| {
        let fields = [
            ("patient", whose.as_str()),
            ("scale", "urinary-symptoms"),
            ("item-urgency", "none"),
            ("item-frequency", "none"),
            ("item-night", "one-or-two"),
            ("item-pain", pain),
            ("filled", "2026-11-26T08:30"),
            ("what", "enter"),
        ];
        act(nurse, &path, &fields)
    };
    assert_eq!(enter(&mut nurse, "always").status, 422);
    assert!(clinic.scales().sheets.is_empty());
    assert_eq!(enter(&mut nurse, "one-or-two").status, 303);
    assert!(clinic.after().flags.is_empty());
    let is_due = |nurse: &mut Person| {
        let page = nurse.page("/surveillance").text();
        section(&page, "late-heading").contains("<td>Bladder</td>")
    };
    assert!(!is_due(&mut nurse));
    let sheet = clinic.scales().sheets.keys().next().unwrap().to_string();
    let fields = [
        ("patient", whose.as_str()),
        ("sheet", sheet.as_str()),
        ("reason", "Another person's form."),
        ("what", "strike"),
    ];
    assert_eq!(act(&mut nurse, &path, &fields).status, 303);
    assert!(is_due(&mut nurse));
    assert_eq!(enter(&mut nurse, "three-or-more").status, 303);
    assert!(clinic.after().flags[0].is_escalating());
}

#[test]
fn the_demo_has_a_bladder_flag_that_was_acted_on_and_somebody_to_talk_with() {
    let house = House::demo();
    let mut prescriber = house.person("prescriber");
    let found = prescriber.page("/patients?q=Novak").text();
    let (_, rest) = found.split_once("href=\"/patients/0").unwrap();
    let id = rest.split(['"', '/']).next().unwrap();
    let page = prescriber
        .page(&format!("/patients/0{id}/follow-up"))
        .text();
    assert!(page.contains("painful or frequent urination on 3 days or more"));
    assert!(page.contains("Urine test the same day: no blood, no infection."));
    let list = prescriber.page("/follow-up").text();
    assert!(!section(&list, "flags-heading").contains("urination"));
    let talk = section(&list, "talk-heading");
    assert!(talk.contains("HAUGEN") && talk.contains("AUDIT-C 4 on"));
    assert!(!talk.contains("FERREIRA"), "somebody has talked with him");
}

#[test]
fn what_is_told_hours_and_days_after_a_session_stands_on_the_page_with_how_long_after() {
    // Hazard: H65
    let clinic = clinic();
    let table = || {
        let mut nurse = clinic.house.person("nurse");
        let page = nurse.page(&format!("/patients/{}/outcomes", clinic.rosa));
        let page = page.text();
        let (_, table) = page.split_once("id=\"afterwards-heading\"").unwrap();
        table.split_once("</section>").unwrap().0.to_owned()
    };
    let silent = table();
    assert!(silent.contains("Asked, and no answer so far:"), "{silent}");
    let rosa = clinic.enter();
    let said = [("mood", "worse"), ("thoughts", "none")];
    let answer = clinic.say("/my/follow-up", &rosa, &said);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let told = table();
    // A week to the hour after the session's end.
    assert!(
        told.contains("7 days after:</span> Worse than before"),
        "{told}"
    );
    assert!(!told.contains("Asked, and no answer so far:"), "{told}");
}
