//! A clinic changes its minimum age: seen before it is adopted, adopted with a signature, in force
//! at once, and shown to whoever asks later. Over HTTP, as people do it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person, nurse};
use crate::stranger::http::Answer;
use clinical::course::screening::case::read;
use clinical::course::screening::{Acceptance, ScreeningEvent, ScreeningRules};
use clinical::course::session::{Command, VitalSigns};
use clinical::patient::{PatientEvent, Sex};
use clinical::policy::Unit;
use clinical::record::{CommandId, EventId, PatientId, Role, SessionId};
use clinical::vital_signs::Source;
use server::clock::Clock;
use server::journey::{self, Change};
use server::web::respond::Refused;
use std::time::Duration;
use units::{Decimal, Moment, OxygenSaturation, Span};
use uuid::Uuid;

/// Accepted for treatment: Ana of the clinical reference, section 13, whose visit is on
/// 24 November 2026, born on another day.
fn accepted(house: &House, number: &str, family_name: &str, born: &str) -> PatientId {
    let application = house.application();
    let patient = PatientId(Uuid::now_v7());
    let registered = PatientEvent::PatientRegistered {
        patient,
        record_number: number.to_owned(),
        family_name: family_name.to_owned(),
        given_name: "Ana".to_owned(),
        birth_date: born.parse().unwrap(),
        sex: Sex::Female,
    };
    let done = house.wait_for(server::patients::register(
        application,
        CommandId(Uuid::now_v7()),
        nurse(),
        patient,
        vec![registered],
        |_| EventId(Uuid::now_v7()),
        application.clock.now(),
    ));
    done.unwrap();
    let text = include_str!("../../../scenarios/screening/1-ana.toml").replace("1992-03-02", born);
    let screening = Box::new(read(&text).unwrap().screen(&application.screening()));
    let change = Change {
        command_id: CommandId(Uuid::now_v7()),
        actor: nurse(),
        at: None,
        id: patient.0,
        patient: Some(patient),
        session: None,
        action: "accept",
        wanted: String::new(),
    };
    let saved = journey::change(application, change, |_: &Acceptance, _| {
        Ok::<_, Refused>(vec![
            ScreeningEvent::ScreeningMade {
                screening: screening.clone(),
            },
            ScreeningEvent::EligibilityConfirmed {
                screening: screening.clone(),
                plans: Vec::new(),
                passed: Vec::new(),
                role: Role::Prescriber,
                statement: "I have read the history.".to_owned(),
            },
        ])
    });
    house.wait_for(saved).unwrap();
    patient
}

fn state(house: &House, patient: PatientId) -> String {
    let application = house.application();
    let row = application
        .store
        .course_row(application.tenant, "screening", patient.0);
    house.wait_for(row).unwrap().unwrap().state
}

/// The page of a change, once everybody was asked about.
fn looked(person: &mut Person, query: &str) -> String {
    for _ in 0..100 {
        let answer = person.page(&format!("/rules/eligibility/change?{query}"));
        assert_eq!(answer.status, 200, "{}", answer.text());
        if !answer.text().contains("Look again") {
            return answer.text().to_owned();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("nobody was asked about");
}

/// The value of a page's hidden field.
fn hidden(page: &str, name: &str) -> String {
    let begins = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&begins)
        .unwrap_or_else(|| panic!("{name}: {page}"));
    let (value, _) = rest.split_once('"').unwrap();
    value.replace("&#34;", "\"").replace("&quot;", "\"")
}

/// Signs the change that a page shows, with some fields otherwise.
fn sign(house: &House, person: &mut Person, page: &str, other: &[(&str, &str)]) -> Answer {
    let users = &house.credentials.as_ref().unwrap().users;
    let director = users.iter().find(|user| user.role == "medical-director");
    let password = director.unwrap().password.clone();
    let owned: Vec<(&str, String)> = ["command_id", "version", "before", "minimum_age"]
        .into_iter()
        .filter(|name| page.contains(&format!("name=\"{name}\"")))
        .map(|name| (name, hidden(page, name)))
        .chain([
            ("signed_as", "Dr Maria Okonkwo".to_owned()),
            ("statement", "I adopt this for our clinic.".to_owned()),
            ("password", password),
        ])
        .filter(|(name, _)| other.iter().all(|(given, _)| given != name))
        .collect();
    let mut fields: Vec<(&str, &str)> = owned.iter().map(|(n, v)| (*n, v.as_str())).collect();
    fields.extend_from_slice(other);
    person.send("/rules/eligibility/adopt", &fields)
}

fn minimum_age(house: &House) -> (Decimal, Unit) {
    let value = house
        .application()
        .value_in_force("eligibility", "minimum_age");
    let value = value.unwrap();
    (value.value, value.unit)
}

fn years(years: i64) -> (Decimal, Unit) {
    (Decimal::from(years), Unit::Years)
}

#[test]
fn raising_the_minimum_age_names_those_it_blocks_first_and_then_blocks_them() {
    // Hazard: H27
    let house = House::staffed(|_| {});
    let nineteen = accepted(&house, "0042-001", "Novak", "2007-03-02");
    let grown = accepted(&house, "0042-002", "Moreno", "1992-03-02");
    assert_eq!(state(&house, nineteen), "accepted");
    let mut director = house.person("medical-director");
    let page = looked(&mut director, "minimum_age=21");
    for words in [
        "18\u{a0}years → 21\u{a0}years",
        "NOVAK, Ana",
        "blocked: excluded",
        "Needed: at least 21\u{a0}years. Found: 19\u{a0}years.",
        "1 of 2 people",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("MORENO"));
    // Looking has changed nothing.
    assert_eq!(minimum_age(&house), years(18));
    assert_eq!(state(&house, nineteen), "accepted");
    let answer = sign(&house, &mut director, &page, &[]);
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(minimum_age(&house), years(21));
    assert!(house.becomes(Duration::from_secs(10), |house| {
        state(house, nineteen) == "blocked"
    }));
    assert_eq!(state(&house, grown), "accepted");
    // Whoever reads the rule sees who changed what.
    let page = house.person("auditor").page("/rules/eligibility");
    for words in [
        "Dr Maria Okonkwo",
        "18\u{a0}years → 21\u{a0}years",
        "I adopt this for our clinic.",
    ] {
        assert!(page.text().contains(words), "{words}");
    }
    // So does whoever reads the leaflet, without an account.
    let leaflet = director.page("/learn/questions?language=en");
    assert!(leaflet.text().contains("21"), "{}", leaflet.text());
}

#[test]
fn a_value_outside_the_permitted_range_is_refused_with_the_range_and_its_source() {
    // Hazard: H27
    let house = House::staffed(|_| {});
    let mut director = house.person("medical-director");
    for (typed, says) in [
        ("17", "18\u{a0}years to 21\u{a0}years"),
        ("22", "labels and trials 18, clinics 13 to 21"),
        ("20.5", "18\u{a0}years to 21\u{a0}years"),
        ("19,5", "has a comma"),
        ("", "Enter a number"),
    ] {
        let page = director.page(&format!("/rules/eligibility/change?minimum_age={typed}"));
        assert_eq!(page.status, 422, "{typed}");
        assert!(page.text().contains(says), "{typed}: {}", page.text());
        // What was typed is still there.
        assert!(page.text().contains(&format!("value=\"{typed}\"")));
    }
    let page = looked(&mut director, "minimum_age=21");
    let answer = sign(&house, &mut director, &page, &[("minimum_age", "35")]);
    assert_eq!(answer.status, 422);
    assert_eq!(minimum_age(&house), years(18));
}

#[test]
fn nobody_but_the_medical_director_adopts_and_an_auditor_only_reads() {
    // Hazard: H27
    let house = House::staffed(|_| {});
    let mut director = house.person("medical-director");
    let page = looked(&mut director, "minimum_age=21");
    for role in ["auditor", "prescriber", "nurse", "owner", "front-desk"] {
        let mut person = house.person(role);
        let read = person.page("/rules/eligibility");
        assert_eq!(read.status, 200, "{role}");
        assert!(!read.text().contains("name=\"minimum_age\""), "{role}");
        let answer = sign(&house, &mut person, &page, &[]);
        assert_eq!(answer.status, 403, "{role}");
    }
    assert_eq!(minimum_age(&house), years(18));
}

#[test]
fn an_adoption_needs_the_password_the_name_and_a_look_at_whom_it_affects() {
    // Hazard: H27
    let house = House::staffed(|_| {});
    let mut director = house.person("medical-director");
    let page = looked(&mut director, "minimum_age=21");
    for (field, typed, status) in [
        ("password", "not this one", 422),
        ("signed_as", "Somebody Else", 409),
        ("statement", "", 409),
        // Nobody has looked at whom this other value affects.
        ("minimum_age", "20", 409),
        ("before", "{\"minimum_age\":{\"years\":\"19\"}}", 409),
    ] {
        let answer = sign(&house, &mut director, &page, &[(field, typed)]);
        assert_eq!(answer.status, status, "{field}: {}", answer.text());
        assert!(answer.text().contains("Not saved"), "{field}");
    }
    assert_eq!(minimum_age(&house), years(18));
    assert_eq!(sign(&house, &mut director, &page, &[]).status, 303);
    // The same form once more, as a browser sends it after going back: it is saved once.
    assert_eq!(sign(&house, &mut director, &page, &[]).status, 303);
    assert_eq!(house.application().clinic().adoptions.len(), 1);
}

#[test]
fn a_session_that_was_planned_before_keeps_its_rules_and_a_new_one_has_the_adopted() {
    // Hazard: H27
    let house = House::staffed(|_| {});
    let application = house.application();
    let patient = house.register("0042-118", application.clock.now());
    let plan = || {
        let session = SessionId(Uuid::now_v7());
        let now = application.clock.now();
        let command = Command::PlanSession {
            patient,
            room: "1".to_owned(),
            planned_for: now,
            earlier_sessions: 0,
            order: crate::house::order(),
            rules: application.rules().in_force(),
        };
        house
            .tell(session, now - Span::from_minutes(1), command)
            .unwrap();
        session
    };
    let solids = |session| {
        let session = house.session(session);
        let rules = application.rules_of(&session).unwrap();
        rules.value("fasting", "heavy_meal").unwrap().value
    };
    let before = plan();
    let shipped = solids(before);
    let raised = shipped + Decimal::ONE;
    let mut director = house.person("medical-director");
    let address = format!("/rules/fasting/change?heavy_meal={raised}");
    let page = director.page(&address);
    assert_eq!(page.status, 200, "{}", page.text());
    let page = page.text().to_owned();
    let text = hidden(&page, "heavy_meal");
    let users = &house.credentials.as_ref().unwrap().users;
    let password = &users
        .iter()
        .find(|user| user.role == "medical-director")
        .unwrap()
        .password;
    let answer = director.send(
        "/rules/fasting/adopt",
        &[
            ("command_id", &hidden(&page, "command_id")),
            ("version", &hidden(&page, "version")),
            ("before", &hidden(&page, "before")),
            ("heavy_meal", &text),
            ("signed_as", "Dr Maria Okonkwo"),
            ("statement", "Longer, for our clinic."),
            ("password", password),
        ],
    );
    assert_eq!(answer.status, 303, "{}", answer.text());
    assert_eq!(solids(plan()), raised);
    assert_eq!(solids(before), shipped);
}

/// The page of a change of the limits for live numerics.
fn limits_looked(person: &mut Person, query: &str) -> String {
    let answer = person.page(&format!("/rules/advisory-limits/change?{query}"));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.text().to_owned()
}

/// Signs that page.
fn sign_limit(house: &House, person: &mut Person, page: &str, name: &str, value: &str) -> Answer {
    let users = &house.credentials.as_ref().unwrap().users;
    let director = users.iter().find(|user| user.role == "medical-director");
    let fields = [
        ("command_id", &*hidden(page, "command_id")),
        ("version", &hidden(page, "version")),
        ("before", &hidden(page, "before")),
        (name, value),
        ("signed_as", "Dr Maria Okonkwo"),
        ("statement", "We look sooner."),
        ("password", &director.unwrap().password),
    ];
    person.send("/rules/advisory-limits/adopt", &fields)
}

/// Charts an oxygen saturation by hand, lets a second pass, and gives the limits of the notices
/// about it that then stand open.
fn saturation(house: &House, session: SessionId, value: i64) -> Vec<String> {
    house.second();
    let values = VitalSigns {
        oxygen_saturation: OxygenSaturation::new(Decimal::from(value)).ok(),
        ..VitalSigns::default()
    };
    let chart = Command::ChartVitalSigns {
        values,
        source: Source::Hand,
        timing: None,
    };
    let now = house.application().clock.now();
    house.tell(session, now, chart).unwrap();
    house.second();
    open_of_saturation(house, session)
}

/// The limits of the notices about the oxygen saturation that stand open.
fn open_of_saturation(house: &House, session: SessionId) -> Vec<String> {
    let session = house.session(session);
    let open = session.open_advisories();
    let of_saturation = open
        .iter()
        .filter(|open| open.notice.condition == "oxygen-saturation-low");
    of_saturation
        .map(|open| open.notice.limit.clone().unwrap())
        .collect()
}

#[test]
fn a_notice_comes_at_the_adopted_limit_and_whoever_was_in_the_room_before_keeps_theirs() {
    // Hazard: H27
    let begin = Moment::parse("2026-11-24T09:00:00Z").unwrap();
    let (house, hand) = House::telling(jiff::tz::TimeZone::UTC, begin);
    house.limits_on();
    let (_, before) = house.ready_session("0042-118", "1");
    let mut director = house.person("medical-director");
    hand.advance_to(begin + Span::from_minutes(5));
    // Out of range: the range is named, and nothing is kept.
    let name = "oxygen-saturation-low.watch";
    let far = director.page(&format!("/rules/advisory-limits/change?{name}=91"));
    assert_eq!(far.status, 422);
    assert!(
        far.text().contains("92\u{a0}% to 95\u{a0}%"),
        "{}",
        far.text()
    );
    assert!(far.text().contains("clinical.md §4.3"));
    // A fixed limit is no field: what a form says of it changes nothing.
    let fixed = limits_looked(&mut director, "oxygen-saturation-low.urgent=80");
    assert!(fixed.contains("No value changes"), "{fixed}");
    let page = limits_looked(&mut director, &format!("{name}=92"));
    assert!(page.contains("94\u{a0}% → 92\u{a0}%"), "{page}");
    assert!(page.contains("never silences a notice"), "{page}");
    let mut nurse = house.person("nurse");
    let refused = sign_limit(&house, &mut nurse, &page, name, "92");
    assert_eq!(refused.status, 403);
    let answer = sign_limit(&house, &mut director, &page, name, "92");
    assert_eq!(answer.status, 303, "{}", answer.text());
    let shown = director.page("/rules");
    assert!(
        shown.text().contains("&#60;\u{a0}92\u{a0}%"),
        "{}",
        shown.text()
    );
    assert!(shown.text().contains("shipped 94\u{a0}%"));
    // Somebody comes in after it.
    hand.advance_to(begin + Span::from_minutes(60));
    let (_, after) = house.ready_session("0042-119", "2");
    assert_eq!(saturation(&house, before, 93), ["<\u{a0}94\u{a0}%"]);
    assert_eq!(saturation(&house, after, 93), [""; 0]);
    hand.advance_to(begin + Span::from_minutes(61));
    assert_eq!(saturation(&house, after, 91), ["<\u{a0}92\u{a0}%"]);
    // Whoever asks later, after a restart or another adoption, finds the same limits.
    let mut director = house.person("medical-director");
    let page = limits_looked(&mut director, &format!("{name}=95"));
    let answer = sign_limit(&house, &mut director, &page, name, "95");
    assert_eq!(answer.status, 303, "{}", answer.text());
    let watched_by = |session| {
        let limits = house.application().limits_of(&house.session(session));
        let rule = limits.rules.iter().find(|rule| rule.name() == name);
        rule.unwrap().beyond.limit()
    };
    assert_eq!(watched_by(before), Decimal::from(94));
    assert_eq!(watched_by(after), Decimal::from(92));
}

#[test]
fn a_notice_that_the_machine_could_not_write_comes_as_soon_as_it_can() {
    // Hazard: H15
    let begin = Moment::parse("2026-11-24T09:00:00Z").unwrap();
    let (clock, hand) = Clock::starting_at(begin);
    let mut store = String::new();
    let house = House::staffed(|configuration| {
        configuration.clock = clock;
        configuration.zone = jiff::tz::TimeZone::UTC;
        store.clone_from(&configuration.store);
    });
    house.limits_on();
    let (_, session) = house.ready_session("0042-118", "1");
    let engine = rusqlite::Connection::open(store.strip_prefix("sqlite:").unwrap()).unwrap();
    // From here on the store takes no notice, as a disk that is full would not.
    engine
        .execute_batch(
            "CREATE TRIGGER full BEFORE INSERT ON event WHEN instr(NEW.header || NEW.body, 'AdvisoryRaised') > 0 \
             BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END",
        )
        .unwrap();
    assert_eq!(saturation(&house, session, 91), [""; 0]);
    hand.advance_to(begin + Span::from_minutes(1));
    house.second();
    assert_eq!(open_of_saturation(&house, session), [""; 0]);
    engine.execute_batch("DROP TRIGGER full").unwrap();
    hand.advance_to(begin + Span::from_minutes(2));
    house.second();
    assert_eq!(open_of_saturation(&house, session), ["<\u{a0}94\u{a0}%"]);
    // Once, although it was said three times.
    hand.advance_to(begin + Span::from_minutes(3));
    house.second();
    assert_eq!(open_of_saturation(&house, session), ["<\u{a0}94\u{a0}%"]);
}

#[test]
fn an_answer_of_the_record_can_be_given_again_by_the_rules_that_it_names() {
    // Hazard: H27
    let text = include_str!("../../../scenarios/screening/1-ana.toml");
    let case = read(&text.replace("1992-03-02", "2007-03-02")).unwrap();
    let mut own = clinical::policy::OwnValues::new();
    let age = clinical::policy::Quantity {
        value: Decimal::from(21),
        unit: Unit::Years,
    };
    own.insert(
        "eligibility".to_owned(),
        [("minimum_age".to_owned(), age)].into(),
    );
    let given = case.screen(&ScreeningRules::adopted(&own).unwrap());
    let again = ScreeningRules::recorded(&given.rules, given.medicine_list).unwrap();
    assert_eq!(case.screen(&again), given);
    let mut unknown = given.rules;
    unknown[0].version += 1;
    assert!(ScreeningRules::recorded(&unknown, given.medicine_list).is_err());
}
