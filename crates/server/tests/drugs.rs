//! The ledger of controlled drugs over HTTP, as a nurse, a witness and an inspector use it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{Hand, House, Person};
use crate::stranger::http::Answer;
use clinical::course::session::Command;
use clinical::record::{ContainerId, SessionId};
use server::ledger;
use server::projection;
use units::{Micrograms, Microlitres, Moment};
use uuid::Uuid;

/// A form of a page, with a command id of its own.
fn send(who: &mut Person, path: &str, fields: &[(&str, &str)]) -> Answer {
    let id = Uuid::new_v4().to_string();
    let mut all = vec![("command_id", id.as_str())];
    all.extend_from_slice(fields);
    who.send(path, &all)
}

/// What the page says why it was not saved.
fn refusal(answer: &Answer) -> String {
    let text = answer.text();
    let (_, after) = text
        .split_once("class=\"refusal\" role=\"alert\">")
        .unwrap_or_else(|| panic!("{} was not refused: {text:.300}", answer.status));
    after.split_once("</p>").unwrap().0.to_owned()
}

fn delivered(nurse: &mut Person, product: &str, lot: &str, count: &str) {
    let answer = send(
        nurse,
        "/drugs/receive",
        &[
            ("scan", ""),
            ("product", product),
            ("count", count),
            ("lot", lot),
            ("expires", "2099-06-30"),
            ("supplier", "Northbrook"),
            ("invoice", "NB-1"),
            ("received_on", "2026-01-02"),
            ("place", "Safe 1"),
        ],
    );
    assert_eq!(answer.status, 303, "{}", answer.text());
}

/// Everything in stock of a lot.
fn stock(house: &House, lot: &str) -> Vec<(ContainerId, ledger::ContainerRow)> {
    let all = house.wait_for(ledger::stock(house.application())).unwrap();
    let of_lot = all.into_iter().filter(|one| one.row.lot == lot);
    of_lot.map(|one| (ContainerId(one.id), one.row)).collect()
}

fn drug(who: &mut Person, house: &House, session: SessionId, fields: &[(&str, &str)]) -> Answer {
    let patient = house.session(session).patient.unwrap().to_string();
    let id = session.to_string();
    let mut all = vec![("session", id.as_str()), ("patient", patient.as_str())];
    all.extend_from_slice(fields);
    send(who, &format!("/sessions/{session}/drug"), &all)
}

fn draw(who: &mut Person, house: &House, session: SessionId, mark: &str, volume: &str) -> Answer {
    let fields = [
        ("act", "draw"),
        ("container", mark),
        ("volume", volume),
        ("reason", ""),
    ];
    drug(who, house, session, &fields)
}

#[test]
fn a_vial_is_taken_in_drawn_given_and_wasted_before_a_witness_and_only_then_the_record_is_signed() {
    // Hazard: H37
    let at = Moment::parse("2026-11-24T09:00:00Z").unwrap();
    let (house, hand) = House::telling(jiff::tz::TimeZone::UTC, at);
    let (_, session) = house.ready_session("0042-118", "1");
    let mut nurse = house.person("nurse");
    delivered(&mut nurse, "ketamine-50", "L1", "3");
    let all = stock(&house, "L1");
    assert_eq!(all.len(), 3);
    let (vial, row) = all[0].clone();
    // The order is for 36 mg: 0.72 mL of 50 mg/mL.
    let answer = draw(&mut nurse, &house, session, &row.mark, "0.72");
    assert_eq!(answer.status, 303, "{}", answer.text());
    // Hazard: H19
    let page = format!("/sessions/{session}/drug");
    let check = nurse.page(&format!("{page}/check")).text();
    for shown in [nurse.page(&page).text(), check] {
        assert!(!shown.contains("0.72"), "{shown}");
    }
    house.runs_and_goes_home(&hand, session);
    // Meanwhile the sign-in has ended.
    let mut nurse = house.person("nurse");
    let sign = Command::Sign {
        statement: "Complete and correct.".to_owned(),
    };
    // The signature looks for itself: circumstances that the test would give are not asked.
    let signed = nurse_signs(&house, session, sign.clone());
    assert!(signed.unwrap_err().contains("syringe"));

    let given = ledger::delivered(&house.session(session)).unwrap();
    // Half an hour of 60 mL/h with 0.6 mg/mL is 18 mg.
    assert_eq!(given, Micrograms::new(18_000));
    let rest = given;
    let syringe = house
        .wait_for(ledger::syringes_of(
            house.application(),
            &house.session(session),
        ))
        .unwrap()[0]
        .id
        .to_string();
    let (given, rest) = (given.large().to_string(), rest.large().to_string());
    let password = nurse.password.clone();
    let account = |who: &mut Person, witness: &str, password: &str, wasted: &str| {
        let fields = [
            ("act", "account"),
            ("syringe", syringe.as_str()),
            ("given", given.as_str()),
            ("wasted", wasted),
            ("method", "disposal-container"),
            ("witness", witness),
            ("witness_password", password),
        ];
        drug(who, &house, session, &fields)
    };
    let refused = |answer: &Answer, words: &str| {
        let says = refusal(answer);
        assert!(says.contains(words), "{says}");
    };
    refused(&account(&mut nurse, "", "", &rest), "second person");
    refused(
        &account(&mut nurse, "prescriber", "wrong", &rest),
        "do not belong together",
    );
    refused(
        &account(&mut nurse, "prescriber", &password, "0.001"),
        "Waste all of it",
    );
    refused(
        &account(&mut nurse, "nurse", &password, &rest),
        "another person",
    );
    refused(
        &account(&mut nurse, "desk", &password, &rest),
        "must be a nurse",
    );
    // Nothing of these was written: neither what was given nor what was wasted.
    let untouched = house
        .wait_for(ledger::container(house.application(), vial))
        .unwrap()
        .state
        .account();
    assert!(untouched.given.is_zero() && untouched.wasted.is_zero());
    assert!(nurse_signs(&house, session, sign.clone()).is_err());
    let answer = account(&mut nurse, "prescriber", &password, &rest);
    assert_eq!(answer.status, 303, "{}", answer.text());

    let account = house
        .wait_for(ledger::container(house.application(), vial))
        .unwrap()
        .state
        .account();
    assert!(account.closes());
    assert!(account.in_syringes.is_zero());
    assert_eq!(account.remaining, Micrograms::new(464_000));
    nurse_signs(&house, session, sign).unwrap();

    // The book agrees with the record, as a page and as a table.
    let mut auditor = house.person("auditor");
    let book = auditor.page("/drugs/book").text();
    assert!(book.contains("1 session agrees with the ledger"), "{book}");
    let table = auditor.page("/drugs/book.csv").text();
    let mut lines = csv::Reader::from_reader(table.as_bytes());
    let records: Vec<csv::StringRecord> = lines.records().map(Result::unwrap).collect();
    let wasted = records.iter().find(|line| &line[1] == "wasted").unwrap();
    assert_eq!(&wasted[6], rest);
    assert_eq!(&wasted[13], "Nora Lindqvist");
    assert_eq!(&wasted[14], "Dr Petra Ivanova");
    assert!(wasted[11].starts_with("QUILL, Rosa"));
    assert_eq!(&records.last().unwrap()[9], "1464");
}

/// Signs as the server does it, which looks whether everything is accounted for.
fn nurse_signs(house: &House, session: SessionId, command: Command) -> Result<(), String> {
    let order = server::command::Order {
        command_id: clinical::record::CommandId(Uuid::new_v4()),
        session,
        actor: server::demo::admission::prescriber(),
        command,
        at: None,
    };
    let done = house.wait_for(server::command::execute(house.application(), order));
    done.map(drop).map_err(|refused| refused.says())
}

#[test]
fn of_two_who_draw_the_last_of_a_vial_at_the_same_time_one_gets_it() {
    // Hazard: H26, H37
    let house = House::staffed(|_| {});
    let (_, first) = house.ready_session("0042-118", "1");
    let (_, second) = house.ready_session("0042-119", "2");
    let mut nurse = house.person("nurse");
    // A vial of 20 mL is emptied to 0.4 mL.
    delivered(&mut nurse, "ketamine-10", "L2", "1");
    let (vial, row) = stock(&house, "L2")[0].clone();
    let emptied = drug(
        &mut nurse,
        &house,
        first,
        &[
            ("act", "draw"),
            ("container", &row.mark),
            ("volume", "19.6"),
            ("reason", "a test that empties it"),
        ],
    );
    assert_eq!(emptied.status, 303, "{}", emptied.text());
    // Beyond the label nothing comes out without a reason.
    let draws: Vec<u16> = std::thread::scope(|scope| {
        let draw = |session: SessionId| {
            let (mut who, house, mark) = (nurse.again(), &house, row.mark.clone());
            scope.spawn(move || {
                let fields = [
                    ("act", "draw"),
                    ("container", mark.as_str()),
                    ("volume", "0.4"),
                    ("reason", ""),
                ];
                drug(&mut who, house, session, &fields).status
            })
        };
        let both = [draw(second), draw(second)];
        both.map(|one| one.join().unwrap()).to_vec()
    });
    let mut sorted = draws.clone();
    sorted.sort_unstable();
    assert_eq!(sorted, [303, 409], "{draws:?}");
    let container = house
        .wait_for(ledger::container(house.application(), vial))
        .unwrap()
        .state;
    assert_eq!(container.remaining, Microlitres::ZERO);
    assert!(container.account().closes());
}

#[test]
fn a_count_is_blind_and_what_it_finds_otherwise_waits_for_somebody_else() {
    // Hazard: H37
    let house = House::staffed(|_| {});
    let mut nurse = house.person("nurse");
    delivered(&mut nurse, "ketamine-100", "L3", "2");
    let all = stock(&house, "L3");
    let page = nurse.page("/drugs/count").text();
    assert!(page.contains(&all[0].1.mark));
    for amount in ["500", "5 mL", "5\u{a0}mL"] {
        assert!(!page.contains(&format!("{amount}<")), "{amount} is shown");
        assert!(!page.contains(&format!("({amount}")), "{amount} is shown");
    }
    let here = format!("state-{}", all[0].0);
    let gone = format!("state-{}", all[1].0);
    let counted = send(
        &mut nurse,
        "/drugs/count",
        &[(here.as_str(), "sealed"), (gone.as_str(), "nothing")],
    );
    assert_eq!(counted.status, 303, "{}", counted.text());
    let list = nurse.page("/drugs").text();
    assert!(list.contains("did not find what the ledger has"));
    let path = format!("/drugs/{}", all[1].0);
    let explain = [("act", "explain"), ("explanation", "in the other safe")];
    assert!(refusal(&send(&mut nurse, &path, &explain)).contains("only a prescriber"));
    let mut director = house.person("medical-director");
    let lost = [("act", "lost"), ("note", "not in either safe")];
    assert_eq!(send(&mut director, &path, &lost).status, 303);
    let page = director.page(&path).text();
    assert!(page.contains("500\u{a0}mg lost"), "{page}");
    assert!(page.contains("The authority is told in writing by"));
    for fields in [
        [("act", "told"), ("to", "field office, by fax")],
        [("act", "filed"), ("reference", "106-77")],
    ] {
        assert_eq!(send(&mut director, &path, &fields).status, 303);
    }
    assert_eq!(stock(&house, "L3").len(), 1);
    // Whoever only reads changes nothing.
    let mut auditor = house.person("auditor");
    assert_eq!(send(&mut auditor, &path, &lost).status, 403);
    let mut desk = house.person("front-desk");
    assert_eq!(desk.page("/drugs").status, 403);
}

#[test]
fn the_ledger_is_the_same_when_it_is_built_again_from_its_events() {
    let house = House::staffed(|_| {});
    let application = house.application();
    let (_, session) = house.ready_session("0042-118", "1");
    let mut nurse = house.person("nurse");
    delivered(&mut nurse, "ketamine-50", "L5", "2");
    let all = stock(&house, "L5");
    let drawn = draw(&mut nurse, &house, session, &all[0].1.mark, "0.72");
    assert_eq!(drawn.status, 303, "{}", drawn.text());
    let gone = format!("state-{}", all[1].0);
    let counted = send(&mut nurse, "/drugs/count", &[(gone.as_str(), "nothing")]);
    assert_eq!(counted.status, 303, "{}", counted.text());
    let digest = || {
        house
            .wait_for(application.store.projection_digest(application.tenant))
            .unwrap()
    };
    let before = digest();
    house.wait_for(projection::rebuild(application)).unwrap();
    assert_eq!(digest(), before);
    assert_eq!(stock(&house, "L5").len(), 2);
}

#[test]
fn a_scanned_code_fills_the_form_and_must_not_say_otherwise_than_what_was_typed() {
    // Hazard: H20
    let house = House::staffed(|_| {});
    let mut nurse = house.person("nurse");
    let fields = |lot: &'static str, scan: &'static str| {
        vec![
            ("scan", scan),
            ("product", "ketamine-50"),
            ("count", "1"),
            ("lot", lot),
            ("expires", ""),
            ("supplier", "Northbrook"),
            ("invoice", "NB-1"),
            ("received_on", "2026-01-02"),
            ("place", "Safe 1"),
        ]
    };
    let code = "(01)09506000134352(17)991231(10)ABC123(21)S1";
    let refused = send(&mut nurse, "/drugs/receive", &fields("ABC124", code));
    assert!(refusal(&refused).contains("not what stands in the scanned code"));
    // What was typed is kept.
    assert!(refused.text().contains("value=\"ABC124\""));
    let misread = "(01)09506000134353";
    let refused = send(&mut nurse, "/drugs/receive", &fields("ABC123", misread));
    assert!(refusal(&refused).contains("misread"));
    let saved = send(&mut nurse, "/drugs/receive", &fields("", code));
    assert_eq!(saved.status, 303, "{}", saved.text());
    let (_, row) = stock(&house, "ABC123")[0].clone();
    assert_eq!(row.expires.to_string(), "2099-12-31");
    assert_eq!(row.serial, "S1");
    // The same code draws from it.
    let (_, session) = house.ready_session("0042-118", "1");
    let answer = draw(&mut nurse, &house, session, code, "0.72");
    assert_eq!(answer.status, 303, "{}", answer.text());
    let nothing = draw(&mut nurse, &house, session, "K-NOSUCH", "0.1");
    assert!(refusal(&nothing).contains("No container with the mark"));
}

#[test]
fn more_than_was_ordered_is_not_drawn_without_a_reason() {
    // Hazard: H19
    let house = House::staffed(|_| {});
    let (_, session) = house.ready_session("0042-118", "1");
    let mut nurse = house.person("nurse");
    delivered(&mut nurse, "ketamine-100", "L4", "1");
    let (_, row) = stock(&house, "L4")[0].clone();
    // The volume of 50 mg/mL drawn from 100 mg/mL is twice the dose.
    let says = refusal(&draw(&mut nurse, &house, session, &row.mark, "0.72"));
    assert!(says.contains("72\u{a0}mg would be drawn"), "{says}");
    let page = nurse.page(&format!("/sessions/{session}/drug")).text();
    assert!(page.contains("0.36 mL to draw"), "{page}");
}

#[test]
fn a_recalled_lot_is_set_apart_as_a_whole_and_nothing_is_drawn_from_it() {
    // Hazard: H37
    let house = House::staffed(|_| {});
    let (_, session) = house.ready_session("0042-118", "1");
    let mut nurse = house.person("nurse");
    delivered(&mut nurse, "ketamine-50", "L6", "3");
    delivered(&mut nurse, "ketamine-50", "L7", "1");
    let recall = |who: &mut Person, lot: &str| {
        let fields = [("lot", lot), ("reason", "recalled by the maker")];
        send(who, "/drugs/recall", &fields).status
    };
    assert_eq!(recall(&mut nurse, "L8"), 409);
    assert_eq!(recall(&mut nurse, "l6"), 303);
    let apart = |lot: &str| {
        let all = stock(&house, lot);
        all.iter().filter(|(_, row)| row.apart.is_some()).count()
    };
    assert_eq!((apart("L6"), apart("L7")), (3, 0));
    let (_, row) = stock(&house, "L6")[0].clone();
    let says = refusal(&draw(&mut nurse, &house, session, &row.mark, "0.72"));
    assert!(says.contains("recalled by the maker"), "{says}");
}

/// The form fields of somebody who looks on.
fn beside(nurse: &Person) -> [(&'static str, String); 2] {
    [
        ("witness", "prescriber".to_owned()),
        ("witness_password", nurse.password.clone()),
    ]
}

/// A session that was given 18 mg by its record and entered otherwise in the ledger.
fn entered(house: &House, hand: &Hand, given: &str, wasted: &str) -> (SessionId, String) {
    let (_, session) = house.ready_session("0042-118", "1");
    let mut nurse = house.person("nurse");
    delivered(&mut nurse, "ketamine-50", "L9", "2");
    let (_, row) = stock(house, "L9")[0].clone();
    let answer = draw(&mut nurse, house, session, &row.mark, "0.72");
    assert_eq!(answer.status, 303, "{}", answer.text());
    house.runs_and_goes_home(hand, session);
    let mut nurse = house.person("nurse");
    let known = house.session(session);
    let all = ledger::syringes_of(house.application(), &known);
    let syringe = house.wait_for(all).unwrap()[0].id.to_string();
    let password = nurse.password.clone();
    let fields = [
        ("act", "account"),
        ("syringe", syringe.as_str()),
        ("given", given),
        ("wasted", wasted),
        ("method", "disposal-container"),
        ("witness", "prescriber"),
        ("witness_password", password.as_str()),
    ];
    let answer = drug(&mut nurse, house, session, &fields);
    assert_eq!(answer.status, 303, "{}", answer.text());
    (session, syringe)
}

#[test]
fn the_nightly_match_opens_a_case_and_a_correction_before_a_second_person_settles_it() {
    // Hazard: H37
    let at = Moment::parse("2026-11-24T09:00:00Z").unwrap();
    let (house, hand) = House::telling(jiff::tz::TimeZone::UTC, at);
    let (session, syringe) = entered(&house, &hand, "10", "26");
    let application = house.application();
    assert!(
        house
            .wait_for(server::safe::match_if_due(application))
            .unwrap()
    );
    // Once in a night.
    assert!(
        !house
            .wait_for(server::safe::match_if_due(application))
            .unwrap()
    );
    let mut auditor = house.person("auditor");
    let drugs = auditor.page("/drugs").text();
    assert!(drugs.contains("1 session differs"), "{drugs}");
    assert!(drugs.contains("told in writing by 25 Nov 2026"), "{drugs}");
    let case = format!("/drugs/cases/{session}");
    let page = auditor.page(&case).text();
    assert!(
        page.contains("18\u{a0}mg was given by the record, 10\u{a0}mg by the ledger"),
        "{page}"
    );
    assert!(page.contains("by <strong>8 Jan 2027</strong>"), "{page}");

    let mut nurse = house.person("nurse");
    let [(witness, name), (password, secret)] = beside(&nurse);
    let fields = [
        ("act", "correct"),
        ("syringe", syringe.as_str()),
        ("volume", "0.72"),
        ("given", "18"),
        ("reason", "misread"),
        (witness, name.as_str()),
        (password, secret.as_str()),
    ];
    let answer = drug(&mut nurse, &house, session, &fields);
    assert_eq!(answer.status, 303, "{}", answer.text());
    let mut director = house.person("medical-director");
    assert_eq!(send(&mut director, "/drugs/match", &[]).status, 303);
    let page = auditor.page("/drugs/cases").text();
    assert!(page.contains("settled: all three agree since"), "{page}");
    let book = auditor.page("/drugs/book").text();
    assert!(
        book.contains("0.72\u{a0}mL drawn, 18\u{a0}mg given, 18\u{a0}mg wasted"),
        "{book}"
    );
    let packet = auditor.page("/drugs/packet.pdf");
    assert_eq!(packet.status, 200);
    assert!(packet.body.starts_with(b"%PDF"));
    // What lists show is the same when it is made again from the record.
    let digest = || house.wait_for(application.store.projection_digest(application.tenant));
    let before = digest().unwrap();
    house.wait_for(projection::rebuild(application)).unwrap();
    assert_eq!(digest().unwrap(), before);
}

#[test]
fn an_inventory_needs_todays_counts_and_two_signatures_and_is_a_dated_list() {
    // Hazard: H37
    let house = House::staffed(|_| {});
    let mut nurse = house.person("nurse");
    delivered(&mut nurse, "ketamine-50", "LA", "2");
    let mut director = house.person("medical-director");
    let registrant = [
        ("act", "registrant"),
        ("name", "Harbour Street Clinic"),
        ("address", "1 Quay Street"),
        ("registration", "HC0000000"),
    ];
    assert_eq!(
        send(&mut director, "/drugs/inventory", &registrant).status,
        303
    );
    let password = director.password.clone();
    let take = |who: &mut Person, own: &str| {
        let fields = [
            ("act", "inventory"),
            ("kind", "initial"),
            ("hour", "close"),
            ("password", own),
            ("witness", "nurse"),
            ("witness_password", password.as_str()),
        ];
        send(who, "/drugs/inventory", &fields)
    };
    let refused = refusal(&take(&mut director, "wrong"));
    assert!(refused.contains("not your password"), "{refused}");
    let refused = refusal(&take(&mut director, &password));
    assert!(
        refused.contains("2 containers in stock were not counted today"),
        "{refused}"
    );
    let all = stock(&house, "LA");
    let states: Vec<String> = all.iter().map(|(id, _)| format!("state-{id}")).collect();
    let counted: Vec<(&str, &str)> = states
        .iter()
        .map(|name| (name.as_str(), "sealed"))
        .collect();
    assert_eq!(send(&mut nurse, "/drugs/count", &counted).status, 303);
    assert_eq!(take(&mut director, &password).status, 303);
    let taken = house
        .wait_for(server::safe::inventories(house.application()))
        .unwrap();
    let page = director
        .page(&format!("/drugs/inventory/{}", taken[0].event.0))
        .text();
    for wanted in [
        "HC0000000",
        "at the close of business",
        "1000\u{a0}mg",
        "Nora Lindqvist",
    ] {
        assert!(page.contains(wanted), "{wanted}: {page}");
    }
}

#[test]
fn what_is_handed_out_is_put_back_and_what_leaves_has_its_paper() {
    let house = House::staffed(|_| {});
    let (_, session) = house.ready_session("0042-118", "1");
    let mut nurse = house.person("nurse");
    delivered(&mut nurse, "ketamine-50", "LB", "2");
    let (vial, row) = stock(&house, "LB")[0].clone();
    let issue = [("act", "issue"), ("container", row.mark.as_str())];
    assert_eq!(drug(&mut nurse, &house, session, &issue).status, 303);
    let drugs = nurse.page("/drugs").text();
    assert!(
        drugs.contains("handed out to 1, not put back yet"),
        "{drugs}"
    );
    let back = [("act", "return"), ("to", "Safe 1")];
    assert_eq!(
        send(&mut nurse, &format!("/drugs/{vial}"), &back).status,
        303
    );
    let sent = [
        ("act", "send"),
        ("purpose", "reverse-distributor"),
        ("to", "Returns Ltd, 2 Mill Road"),
        ("registration", "RR0000000"),
        ("document", "D-17"),
    ];
    assert_eq!(
        send(&mut nurse, &format!("/drugs/{vial}"), &sent).status,
        303
    );
    let paper = nurse.page(&format!("/drugs/{vial}/paper")).text();
    for wanted in [
        "to a reverse distributor",
        "D-17",
        "RR0000000",
        "LB",
        "500\u{a0}mg",
    ] {
        assert!(paper.contains(wanted), "{wanted}: {paper}");
    }
}

#[test]
fn a_code_that_was_taken_in_as_another_strength_is_asked_about() {
    // Hazard: H19
    let house = House::staffed(|_| {});
    let mut nurse = house.person("nurse");
    // The trade item is the sample of the GS1 specifications.
    let mut take = |product: &str| {
        let fields = [
            ("scan", "(01)09506000134352(17)491231(10)LC"),
            ("product", product),
            ("count", "1"),
            ("lot", ""),
            ("expires", ""),
            ("supplier", "Northbrook"),
            ("invoice", "NB-1"),
            ("received_on", "2026-01-02"),
            ("place", "Safe 1"),
        ];
        send(&mut nurse, "/drugs/receive", &fields)
    };
    assert_eq!(take("ketamine-10").status, 303);
    let says = refusal(&take("ketamine-100"));
    assert!(
        says.contains("was taken in as ketamine 10\u{a0}mg/mL"),
        "{says}"
    );
}
