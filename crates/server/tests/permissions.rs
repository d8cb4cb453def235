//! Who may do what: every route crossed with every role and with nobody; and what stands before
//! every route.
//!
//! Source of the expected answers: the table below, written by hand from the roles of the design
//! and of the safety reference §15. It is not read from the server's own table: a route that is
//! missing here fails the test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::{House, Person, json};
use crate::stranger::http::{Answer, Connection, get, post};
use clinical::record::{Actor, SessionId};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

const ROLES: [&str; 8] = [
    "patient",
    "front-desk",
    "nurse",
    "prescriber",
    "therapist",
    "medical-director",
    "owner",
    "auditor",
];

/// Method, path, who may. `anyone` needs no sign-in; `program` needs a token; the others are
/// roles: `p`atient, `f`ront desk, `n`urse, p`r`escriber, `t`herapist, medical `d`irector,
/// `o`wner, `a`uditor.
const POLICY: &[(&str, &str, &str)] = &[
    ("GET", "/", "anyone"),
    ("GET", "/healthz", "anyone"),
    ("GET", "/trust", "anyone"),
    ("GET", "/trust/root.crt", "anyone"),
    ("GET", "/assets/{*file}", "anyone"),
    ("GET", "/service-worker.js", "anyone"),
    ("GET", "/offline", "anyone"),
    ("GET", "/tablet/key", "nrtd"),
    ("GET", "/late-entries", "nrtda"),
    ("GET", "/sign-in", "anyone"),
    ("POST", "/sign-in", "anyone"),
    ("GET", "/learn", "anyone"),
    ("GET", "/learn/{leaflet}", "anyone"),
    ("GET", "/p", "anyone"),
    ("POST", "/p", "anyone"),
    ("GET", "/p/asked", "anyone"),
    ("GET", "/p/{secret}", "anyone"),
    ("POST", "/p/{secret}", "anyone"),
    ("GET", "/escort/{visit}/{token}", "anyone"),
    ("POST", "/escort/{visit}/{token}", "anyone"),
    ("GET", "/my", "p"),
    ("GET", "/my/going-home", "p"),
    ("GET", "/my/going-home.pdf", "p"),
    ("GET", "/my/consent/{product}/copy.pdf", "p"),
    ("GET", "/sessions/{id}/going-home.pdf", "nrtda"),
    ("GET", "/sessions/{id}/superbill.pdf", "nrtda"),
    ("GET", "/patients/{id}/consent/{product}/copy.pdf", "nrtda"),
    ("GET", "/my/follow-up", "p"),
    ("POST", "/my/follow-up", "p"),
    ("GET", "/my/follow-up/effects", "p"),
    ("POST", "/my/follow-up/effects", "p"),
    ("GET", "/my/follow-up/now", "p"),
    ("GET", "/my/follow-up/thanks", "p"),
    ("GET", "/my/scales", "p"),
    ("GET", "/my/scales/{scale}", "p"),
    ("POST", "/my/scales/{scale}", "p"),
    ("GET", "/my/journey", "p"),
    ("GET", "/my/letters", "p"),
    ("POST", "/my/letters", "p"),
    ("GET", "/my/letters/{letter}/letter.pdf", "p"),
    ("GET", "/patients/{id}/letters", "nrtd"),
    ("POST", "/patients/{id}/letters", "nrtd"),
    ("GET", "/patients/{id}/letters/{agreement}", "rtd"),
    ("POST", "/patients/{id}/letters/{agreement}", "rtd"),
    ("GET", "/patients/{id}/letters/{letter}/letter.pdf", "nrtd"),
    ("GET", "/my/readers", "p"),
    ("GET", "/my/record", "p"),
    ("GET", "/my/record.zip", "p"),
    ("GET", "/my/book", "p"),
    ("GET", "/patients/{id}/record", "nrtd"),
    ("POST", "/patients/{id}/record", "nrtd"),
    ("GET", "/patients/{id}/book.pdf", "nrtd"),
    ("GET", "/patients/{id}/prior-authorisation", "nrd"),
    ("GET", "/patients/{id}/prior-authorisation.pdf", "nrd"),
    ("GET", "/patients/{id}/readers", "da"),
    ("GET", "/my/integration", "p"),
    ("POST", "/my/integration", "p"),
    ("GET", "/integration", "fnrtd"),
    ("POST", "/integration/groups", "rtd"),
    ("GET", "/integration/groups/{group}", "rtd"),
    ("POST", "/integration/groups/{group}", "rtd"),
    ("GET", "/patients/{id}/integration", "nrtda"),
    ("POST", "/patients/{id}/integration", "rtd"),
    ("GET", "/patients/{id}/integration/write", "rtd"),
    ("POST", "/patients/{id}/integration/write", "rtd"),
    ("GET", "/patients/{id}/integration/brief", "rtd"),
    ("GET", "/patients/{id}/outcomes", "nrtd"),
    ("POST", "/patients/{id}/outcomes", "nrtd"),
    ("GET", "/patients/{id}/next-step", "nrtd"),
    ("POST", "/patients/{id}/next-step", "rd"),
    ("GET", "/outcomes", "nrtdoa"),
    ("GET", "/exports", "do"),
    ("POST", "/exports/research", "do"),
    ("POST", "/exports/everything", "o"),
    ("GET", "/exports/{id}/file", "do"),
    ("GET", "/imports", "do"),
    ("GET", "/programme", "nrtda"),
    ("GET", "/programme/setting", "do"),
    ("POST", "/programme/setting", "do"),
    ("GET", "/patients/{id}/programme", "nrtda"),
    ("POST", "/patients/{id}/programme", "nrtd"),
    ("GET", "/sessions/{id}/programme", "nrtda"),
    ("POST", "/sessions/{id}/programme", "nrtd"),
    ("GET", "/sessions/{id}/programme/print", "nrtda"),
    ("GET", "/adverse-events", "nrtda"),
    ("GET", "/sessions/{id}/adverse-events", "nrtda"),
    ("POST", "/sessions/{id}/adverse-events", "nrtd"),
    ("GET", "/sessions/{id}/adverse-events/{event}", "nrtda"),
    ("POST", "/sessions/{id}/adverse-events/{event}", "nrtd"),
    (
        "GET",
        "/sessions/{id}/adverse-events/{event}/medwatch.json",
        "nrtda",
    ),
    (
        "GET",
        "/sessions/{id}/adverse-events/{event}/medwatch.csv",
        "nrtda",
    ),
    ("GET", "/follow-up", "nrtda"),
    ("GET", "/surveillance", "nrtda"),
    ("GET", "/follow-up/duty", "do"),
    ("POST", "/follow-up/duty", "do"),
    ("GET", "/patients/{id}/follow-up", "nrtda"),
    ("POST", "/patients/{id}/follow-up", "nrtd"),
    ("POST", "/my/leave", "p"),
    ("POST", "/my/language", "p"),
    ("GET", "/my/account", "p"),
    ("POST", "/my/account", "p"),
    ("GET", "/my/history", "p"),
    ("GET", "/my/history/check", "p"),
    ("POST", "/my/history/check", "p"),
    ("GET", "/my/history/help", "p"),
    ("POST", "/my/history/question/{question}", "p"),
    ("GET", "/my/history/{page}", "p"),
    ("POST", "/my/history/{page}", "p"),
    ("GET", "/my/keepsakes", "p"),
    ("POST", "/my/keepsakes", "p"),
    ("GET", "/my/keepsakes/{keepsake}", "p"),
    ("POST", "/my/keepsakes/{keepsake}", "p"),
    ("GET", "/patients/{id}/keepsakes", "nrtda"),
    ("GET", "/patients/{id}/keepsakes/{keepsake}", "nrtda"),
    ("GET", "/private-notes", "t"),
    ("POST", "/private-notes", "t"),
    ("GET", "/my/wishes", "p"),
    ("GET", "/my/wishes/{wish}", "p"),
    ("POST", "/my/wishes/{wish}", "p"),
    ("GET", "/patients/{id}/wishes", "nrtda"),
    ("POST", "/patients/{id}/wishes", "nrtd"),
    ("GET", "/my/preparation", "p"),
    ("GET", "/my/preparation/{question}", "p"),
    ("GET", "/my/preparation/medicine/{place}", "p"),
    ("POST", "/my/preparation/medicine/{place}", "p"),
    ("POST", "/my/preparation/{question}", "p"),
    ("GET", "/drugs", "nrdoa"),
    ("GET", "/drugs/receive", "nrd"),
    ("POST", "/drugs/receive", "nrd"),
    ("POST", "/drugs/recall", "nrd"),
    ("GET", "/drugs/packet.pdf", "nrda"),
    ("GET", "/drugs/cases", "nrdoa"),
    ("GET", "/drugs/cases/{id}", "nrdoa"),
    ("POST", "/drugs/cases/{id}", "nrdo"),
    ("POST", "/drugs/match", "nrdo"),
    ("GET", "/drugs/inventory", "nrdoa"),
    ("POST", "/drugs/inventory", "nrdo"),
    ("GET", "/drugs/inventory/{id}", "nrdoa"),
    ("GET", "/drugs/{id}/paper", "nrdoa"),
    ("GET", "/drugs/{id}/loss", "nrdoa"),
    ("GET", "/drugs/count", "nrd"),
    ("POST", "/drugs/count", "nrd"),
    ("GET", "/drugs/book", "nrda"),
    ("GET", "/drugs/book.csv", "nrda"),
    ("GET", "/drugs/{id}", "nrdoa"),
    ("POST", "/drugs/{id}", "nrdo"),
    ("GET", "/sessions/{id}/drug", "nrtda"),
    ("POST", "/sessions/{id}/drug", "nrd"),
    ("GET", "/sessions/{id}/drug/check", "nrd"),
    ("POST", "/sessions/{id}/drug/check", "nrd"),
    ("GET", "/ready", "fnrtd"),
    ("POST", "/ready/{id}/remind", "fnrtd"),
    ("GET", "/visits/{id}/check-in", "nrtd"),
    ("POST", "/visits/{id}/check-in", "nrtd"),
    ("POST", "/visits/{id}/medicines", "nrtd"),
    ("GET", "/patients/{id}/link", "fnrtd"),
    ("POST", "/patients/{id}/link", "fnrtd"),
    ("POST", "/patients/{id}/tablet", "fnrtd"),
    ("POST", "/sign-out", "pfnrtdoa"),
    ("POST", "/theme", "anyone"),
    ("GET", "/board", "fnrtdoa"),
    ("GET", "/board/live", "fnrtdoa"),
    ("GET", "/board/wall", "fnrtdoa"),
    ("GET", "/board/wall/live", "fnrtdoa"),
    ("GET", "/drill", "nrtd"),
    ("POST", "/drill", "nrtd"),
    ("GET", "/sessions/{id}", "nrtda"),
    ("GET", "/sessions/{id}/fragments", "nrtda"),
    ("GET", "/sessions/{id}/live", "nrtda"),
    ("GET", "/sessions/{id}/record.pdf", "nrtda"),
    ("POST", "/sessions/{id}/acts", "nrtd"),
    ("GET", "/sessions/{id}/cards-ahead", "nrtd"),
    ("GET", "/sessions/{id}/ahead", "nrtd"),
    ("GET", "/sessions/{id}/notes", "nrtda"),
    ("POST", "/sessions/{id}/notes", "nrtd"),
    ("GET", "/sessions/{id}/superbill", "nrtda"),
    ("GET", "/sessions/{id}/supposed", "nrtda"),
    ("GET", "/sessions/{id}/later", "nrtda"),
    ("POST", "/sessions/{id}/later", "nrtd"),
    ("GET", "/sessions/{id}/from-paper", "nrtd"),
    ("GET", "/sessions/{id}/going-home", "nrtda"),
    ("GET", "/sessions/{id}/pack", "nrtda"),
    ("GET", "/sessions/{id}/order", "rd"),
    ("POST", "/sessions/{id}/order", "rd"),
    ("GET", "/patients", "fnrtda"),
    ("GET", "/patients/new", "fnrtd"),
    ("POST", "/patients/new", "fnrtd"),
    ("GET", "/patients/{id}/details", "fnrtda"),
    ("POST", "/patients/{id}/details", "fnrtd"),
    ("POST", "/patients/{id}/merge", "fnrtd"),
    ("GET", "/patients/{id}", "nrtda"),
    ("GET", "/review", "nrtda"),
    ("GET", "/patients/{id}/history", "nrtda"),
    ("POST", "/patients/{id}/history", "nrd"),
    ("GET", "/patients/{id}/history/{list}", "nrtda"),
    ("POST", "/patients/{id}/history/{list}", "nrd"),
    ("GET", "/patients/{id}/review", "nrtda"),
    ("POST", "/patients/{id}/review", "nrd"),
    ("GET", "/patients/{id}/clearances", "nrtda"),
    ("POST", "/patients/{id}/clearances", "nrd"),
    ("POST", "/patients/{id}/clearances/{clearance}/mail", "nrd"),
    ("POST", "/patients/{id}/clearances/{clearance}/paper", "nrd"),
    (
        "GET",
        "/patients/{id}/clearances/{clearance}/papers/{number}",
        "nrtda",
    ),
    (
        "GET",
        "/patients/{id}/clearances/{clearance}/letter.pdf",
        "nrtda",
    ),
    ("GET", "/calendar", "fnrtdoa"),
    ("GET", "/calendar/week", "fnrtdoa"),
    ("GET", "/calendar/slot", "fnrtd"),
    ("GET", "/calendar/feed", "fnrtdoa"),
    ("POST", "/calendar/feed", "fnrtd"),
    ("GET", "/calendar/feed/{file}", "anyone"),
    ("GET", "/patients/{id}/course", "fnrtd"),
    ("POST", "/patients/{id}/course", "fnrtd"),
    ("POST", "/patients/{id}/waiting", "fnrtd"),
    ("POST", "/waiting/{entry}/offer", "fnrtd"),
    ("POST", "/waiting/{entry}/end", "fnrtd"),
    ("GET", "/visits/{id}", "fnrtdoa"),
    ("GET", "/visits/{id}/escort", "fnrtd"),
    ("POST", "/visits/{id}/escort", "fnrtd"),
    ("POST", "/visits/{id}/move", "fnrtd"),
    ("POST", "/visits/{id}/cancel", "fnrtd"),
    ("POST", "/visits/{id}/missed", "fnrtd"),
    ("GET", "/visits/{id}/order", "rd"),
    ("POST", "/visits/{id}/order", "rd"),
    ("GET", "/my/consent", "p"),
    ("GET", "/my/consent/{product}", "p"),
    ("POST", "/my/consent/{product}", "p"),
    ("GET", "/my/consent/{product}/copy", "p"),
    ("GET", "/patients/{id}/consent", "nrtda"),
    ("POST", "/patients/{id}/consent", "nrtd"),
    ("GET", "/patients/{id}/consent/texts/{digest}", "nrtda"),
    ("POST", "/visits/{id}/consent", "nrtd"),
    ("GET", "/my/visits", "p"),
    ("POST", "/my/visits", "p"),
    ("GET", "/my/visits.ics", "p"),
    ("GET", "/clinic", "do"),
    ("POST", "/clinic", "do"),
    ("GET", "/devices/labels", "nrdoa"),
    ("GET", "/devices/scan", "nrd"),
    ("POST", "/devices/scan", "nrd"),
    ("GET", "/sessions/{id}/label", "nrtd"),
    ("GET", "/devices", "nrdoa"),
    ("POST", "/devices/register", "nrd"),
    ("POST", "/devices/{id}/associate", "nrd"),
    ("POST", "/devices/{id}/disassociate", "nrd"),
    ("GET", "/unassigned", "nrdoa"),
    ("POST", "/unassigned/{key}/claim", "nrd"),
    ("GET", "/quarantine", "nrdoa"),
    ("GET", "/frames/{id}", "nrdoa"),
    ("POST", "/frames/{id}/reprocess", "nrd"),
    ("GET", "/rules", "fnrtdoa"),
    ("GET", "/rules/{policy}", "fnrtdoa"),
    ("GET", "/rules/{policy}/change", "d"),
    ("POST", "/rules/{policy}/adopt", "d"),
    ("GET", "/signal", "anyone"),
    ("POST", "/signal", "anyone"),
    ("POST", "/signal/beat", "anyone"),
    ("GET", "/signal/live", "anyone"),
    ("POST", "/signal/pair", "anyone"),
    ("GET", "/sessions/{id}/signal", "nrtd"),
    ("GET", "/equipment", "nrd"),
    ("POST", "/equipment", "nrd"),
    ("GET", "/cards", "fnrtdoa"),
    ("GET", "/cards/{card}", "fnrtdoa"),
    ("POST", "/cards/{card}/approve", "d"),
    ("GET", "/scales", "fnrtdoa"),
    ("POST", "/oauth/token", "anyone"),
    ("GET", "/fhir/metadata", "anyone"),
    ("GET", "/fhir/.well-known/smart-configuration", "anyone"),
];

/// Programs' routes: only a token opens them, never a person's sign-in.
const PROGRAMS: [(&str, &str); 3] = [
    ("GET", "/fhir/{kind}"),
    ("POST", "/fhir/{kind}/_search"),
    ("GET", "/fhir/{kind}/{id}"),
];

fn letter(role: &str) -> char {
    match role {
        "prescriber" => 'r',
        "medical-director" => 'd',
        other => other.chars().next().unwrap(),
    }
}

/// A path with things of the demo in its places.
fn concrete(house: &House, path: &str) -> String {
    let session = house.session_in("2");
    let patient = house.session(session).patient.unwrap();
    let in_place = |path: &str| match path {
        "/patients/{id}" => path.replace("{id}", &patient.to_string()),
        "/frames/{id}" | "/frames/{id}/reprocess" => path.replace("{id}", "1"),
        _ if path.starts_with("/rules/") => path.replace("{policy}", "eligibility"),
        "/assets/{*file}" => "/assets/evenkeel.css".to_owned(),
        "/learn/{leaflet}" => "/learn/questions".to_owned(),
        "/fhir/{kind}" | "/fhir/{kind}/_search" => path.replace("{kind}", "Patient"),
        "/fhir/{kind}/{id}" => format!("/fhir/Patient/{patient}"),
        _ if path.starts_with("/sessions") => path.replace("{id}", &session.to_string()),
        _ => path
            .replace("{id}", &Uuid::nil().to_string())
            .replace("{group}", &Uuid::nil().to_string())
            .replace("{clearance}", &Uuid::nil().to_string())
            .replace("{number}", "0")
            .replace("{card}", "hypertension")
            .replace("{question}", "food")
            .replace("{scale}", "phq-9")
            .replace("{key}", "0200E5FFFE000000"),
    };
    in_place(path)
}

/// A request; streams are left after their head.
fn answer(house: &House, request: &[u8], stream: bool) -> Answer {
    let mut connection = Connection::open(house.http()).unwrap();
    if stream {
        connection.follow(request).unwrap()
    } else {
        connection.send(request).unwrap()
    }
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], csrf: &str) -> Vec<u8> {
    match method {
        "POST" => post(path, headers, &[("csrf", csrf)]),
        _ => get(path, headers),
    }
}

#[test]
fn the_policy_of_this_test_names_every_route_of_the_server_and_no_other() {
    let named: BTreeSet<(String, String)> = POLICY
        .iter()
        .map(|(method, path, _)| ((*method).to_owned(), (*path).to_owned()))
        .chain(PROGRAMS.map(|(method, path)| (method.to_owned(), path.to_owned())))
        .collect();
    let served: BTreeSet<(String, String)> = server::web::table()
        .iter()
        .map(|route| (route.method.to_string(), route.path.to_owned()))
        .collect();
    assert_eq!(named, served);
}

#[test]
fn every_route_opens_to_the_roles_of_the_policy_and_to_nobody_else() {
    // Hazard: H02, H45
    let house = House::demo();
    let people: BTreeMap<&str, Person> = ROLES
        .into_iter()
        .map(|role| (role, house.person(role)))
        .collect();
    let token = house.token();
    let before = record_length(&house);
    let mut wrong = Vec::new();
    for (method, path, who) in POLICY.iter().copied() {
        // Signing out would end what the next lines need; it has tests of its own, and so has a
        // patient's leaving (`door.rs`).
        if matches!(path, "/sign-out" | "/my/leave") {
            continue;
        }
        let at = concrete(&house, path);
        let stream = path.ends_with("/live");
        for role in ROLES {
            let person = &people[role];
            let headers = [("cookie", person.cookie.as_str()), ("accept", "*/*")];
            let sent = request(method, &at, &headers, &person.csrf());
            let status = answer(&house, &sent, stream).status;
            let may = who == "anyone" || who.contains(letter(role));
            // A permitted form that says nothing is not understood; it is not forbidden.
            let right = match (may, status) {
                (true, status) => {
                    !matches!(status, 403 | 500..) && (who == "anyone" || status != 401)
                }
                (false, status) => status == 403,
            };
            if !right {
                wrong.push(format!("{method} {path} as {role}: {status}"));
            }
        }
        let nobody = answer(&house, &request(method, &at, &[], ""), stream).status;
        let bearer = format!("Bearer {token}");
        let headers = [("authorization", bearer.as_str())];
        let program = answer(&house, &request(method, &at, &headers, ""), stream).status;
        for (name, status) in [("nobody", nobody), ("the program", program)] {
            let right = match who {
                "anyone" => status != 403 && status < 500,
                _ => status == 401,
            };
            if !right {
                wrong.push(format!("{method} {path} as {name}: {status}"));
            }
        }
    }
    for (method, path) in PROGRAMS {
        let at = concrete(&house, path);
        for role in ROLES {
            let headers = [("cookie", people[role].cookie.as_str())];
            let sent = request(method, &at, &headers, "");
            let status = answer(&house, &sent, false).status;
            if status != 401 {
                wrong.push(format!("{method} {path} as {role}: {status}"));
            }
        }
        let bearer = format!("Bearer {token}");
        let sent = request(method, &at, &[("authorization", &bearer)], "");
        let status = answer(&house, &sent, false).status;
        if status != 200 {
            wrong.push(format!("{method} {path} as the program: {status}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(record_length(&house), before, "something was written");
}

#[test]
fn nobody_who_opens_a_page_is_led_to_signing_in() {
    let house = House::demo();
    for (method, path, who) in POLICY.iter().copied() {
        if method == "POST" || who == "anyone" {
            continue;
        }
        let at = concrete(&house, path);
        let answer = house.anyone(&get(&at, &[("accept", "text/html")]));
        assert_eq!(answer.status, 303, "{path}");
        let door = if path.starts_with("/my") {
            "/p"
        } else {
            "/sign-in"
        };
        assert_eq!(answer.header("location"), Some(door), "{path}");
    }
}

#[test]
fn what_a_role_may_not_open_says_nothing_of_what_is_there() {
    // Hazard: H45
    let house = House::demo();
    let mut desk = house.person("front-desk");
    let session = house.session_in("2");
    let (session, other) = (session.to_string(), Uuid::new_v4().to_string());
    let there = desk.page(&format!("/sessions/{session}"));
    let missing = desk.page(&format!("/sessions/{other}"));
    assert_eq!((there.status, missing.status), (403, 403));
    // The page's theme switch leads back to where one was.
    let unnamed = |answer: &Answer, id: &str| answer.text().replace(id, "…");
    assert_eq!(unnamed(&there, &session), unnamed(&missing, &other));
    assert!(!there.text().contains("MORENO"));
}

#[test]
fn every_answer_carries_the_security_headers() {
    let house = House::demo();
    let mut nurse = house.person("nurse");
    let mut answers = vec![
        house.anyone(&get("/no-such-page", &[])),
        house.anyone(&get("/fhir/Patient", &[])),
        house.anyone(&get("/board", &[])),
        house.anyone(&post("/sign-in", &[("sec-fetch-site", "cross-site")], &[])),
        nurse.page("/sessions/not-a-session"),
        nurse.post("/sign-in", &[("content-type", "text/plain")], &[]),
    ];
    for (method, path, _) in POLICY.iter().copied() {
        if method == "GET" && !path.ends_with("/live") {
            answers.push(nurse.page(&concrete(&house, path)));
        }
    }
    for answer in &answers {
        let header = |name: &str| {
            answer
                .header(name)
                .unwrap_or_else(|| panic!("no {name}: {} {}", answer.status, answer.text()))
        };
        let policy = header("content-security-policy");
        for directive in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        ] {
            assert!(policy.contains(directive), "{directive}");
        }
        assert!(!policy.contains("unsafe"));
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("x-frame-options"), "DENY");
        assert_eq!(header("referrer-policy"), "same-origin");
        assert!(answer.header("server").is_none());
    }
}

#[test]
fn pages_with_data_are_kept_by_no_cache() {
    let house = House::demo();
    let mut nurse = house.person("nurse");
    let session = house.session_in("2");
    for path in ["/board".to_owned(), format!("/sessions/{session}")] {
        let page = nurse.page(&path);
        assert_eq!(page.status, 200);
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
    }
}

/// How many entries people have made; a rule may raise a notice at any moment.
fn by_people(house: &House, session: SessionId) -> usize {
    let session = house.session(session);
    let entries = session.entries.iter();
    entries
        .filter(|entry| matches!(entry.actor, Actor::Person { .. }))
        .count()
}

#[test]
fn a_form_without_its_token_or_with_another_changes_nothing() {
    let house = House::demo();
    let session = house.session_in("2");
    let patient = house.session(session).patient.unwrap().to_string();
    let mut nurse = house.person("nurse");
    let other = house.person("prescriber").csrf();
    let before = by_people(&house, session);
    let id = session.to_string();
    for csrf in [None, Some(""), Some("wrong"), Some(other.as_str())] {
        let command = Uuid::new_v4().to_string();
        let mut fields = vec![
            ("command_id", command.as_str()),
            ("session", id.as_str()),
            ("patient", patient.as_str()),
            ("act", "note"),
            ("text", "Calm."),
        ];
        if let Some(csrf) = csrf {
            fields.push(("csrf", csrf));
        }
        let path = format!("/sessions/{session}/acts");
        let answer = nurse.post(&path, &[("accept", "application/json")], &fields);
        assert_eq!(answer.status, 403, "{csrf:?}");
    }
    for path in ["/sign-out", "/devices/register"] {
        let answer = nurse.post(path, &[], &[("csrf", "wrong")]);
        assert_eq!(answer.status, 403, "{path}");
    }
    assert_eq!(by_people(&house, session), before);
}

#[test]
fn a_form_from_another_site_changes_nothing_even_with_its_token() {
    let house = House::demo();
    let session = house.session_in("2");
    let mut nurse = house.person("nurse");
    let csrf = nurse.csrf();
    let before = by_people(&house, session);
    for site in ["cross-site", "same-site", "anything"] {
        let headers = [("sec-fetch-site", site), ("accept", "application/json")];
        let path = format!("/sessions/{session}/acts");
        let fields = [("csrf", csrf.as_str()), ("act", "resume")];
        assert_eq!(nurse.post(&path, &headers, &fields).status, 403, "{site}");
        let fields = [("username", "nora"), ("password", "x")];
        assert_eq!(
            nurse.post("/sign-in", &headers, &fields).status,
            403,
            "{site}"
        );
    }
    assert_eq!(by_people(&house, session), before);
}

#[test]
fn a_form_that_was_filled_in_for_somebody_else_charts_nothing() {
    // Hazard: H02
    let house = House::demo();
    let (here, there) = (house.session_in("1"), house.session_in("2"));
    let patient_of = |session| house.session(session).patient.unwrap().to_string();
    let (mine, other) = (patient_of(here), patient_of(there));
    let mut nurse = house.person("nurse");
    let before = (by_people(&house, here), by_people(&house, there));
    for (session, patient) in [
        (here.to_string(), other.clone()),
        (there.to_string(), mine),
        (there.to_string(), other),
        (here.to_string(), String::new()),
        (String::new(), String::new()),
    ] {
        let command = Uuid::new_v4().to_string();
        let answer = nurse.send(
            &format!("/sessions/{here}/acts"),
            &[
                ("command_id", &command),
                ("session", &session),
                ("patient", &patient),
                ("act", "note"),
                ("text", "Calm."),
            ],
        );
        assert_eq!(answer.status, 422);
        assert_eq!(json(&answer)["field"], "patient");
    }
    let after = (by_people(&house, here), by_people(&house, there));
    assert_eq!(after, before);
}

#[test]
fn after_five_wrong_passwords_even_the_right_one_waits_and_other_names_do_not() {
    let house = House::demo();
    let users = house.credentials.as_ref().unwrap().users.clone();
    let of = |role: &str| users.iter().find(|user| user.role == role).unwrap();
    let attempt = |name: &str, password: &str| {
        let fields = [("username", name), ("password", password)];
        house.anyone(&post("/sign-in", &[], &fields))
    };
    let nora = of("nurse");
    for _ in 0..5 {
        assert_eq!(attempt(&nora.username, "wrong").status, 401);
    }
    let waiting = attempt(&nora.username, &nora.password);
    assert_eq!(waiting.status, 401);
    assert!(waiting.header("set-cookie").is_none());
    assert!(waiting.text().contains("Try again in"));
    // Another spelling of the same name is the same name.
    let spelled = attempt(&nora.username.to_uppercase(), &nora.password);
    assert!(spelled.header("set-cookie").is_none());
    let petra = of("prescriber");
    assert_eq!(attempt(&petra.username, &petra.password).status, 303);
    // The first wait is two seconds.
    std::thread::sleep(std::time::Duration::from_millis(2_100));
    assert_eq!(attempt(&nora.username, &nora.password).status, 303);
}

#[test]
fn an_unknown_name_is_answered_as_a_wrong_password_is() {
    let house = House::demo();
    let attempt = |name: &str| {
        let fields = [("username", name), ("password", "wrong")];
        house.anyone(&post("/sign-in", &[], &fields))
    };
    let (known, unknown) = (attempt("nora"), attempt("nobody"));
    assert_eq!((known.status, unknown.status), (401, 401));
    assert_eq!(
        known.text().replace("nora", ""),
        unknown.text().replace("nobody", "")
    );
}

#[test]
fn signing_out_ends_the_sign_in_for_whoever_still_holds_the_cookie() {
    let house = House::demo();
    let mut nurse = house.person("nurse");
    let mut other_tab = nurse.again();
    let mut colleague = house.person("nurse");
    assert_eq!(other_tab.page("/board").status, 200);
    let answer = nurse.send("/sign-out", &[]);
    assert_eq!(answer.status, 303);
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.contains("Max-Age=0"), "{cookie}");
    assert_eq!(other_tab.page("/board").status, 303);
    assert_eq!(other_tab.ask("/board", &[]).status, 401);
    // Another sign-in of the same account goes on.
    assert_eq!(colleague.page("/board").status, 200);
}

#[test]
fn the_cookie_is_out_of_reach_of_scripts_and_of_other_sites() {
    let house = House::demo();
    let users = house.credentials.as_ref().unwrap().users.clone();
    let nora = users.iter().find(|user| user.role == "nurse").unwrap();
    let fields = [
        ("username", nora.username.as_str()),
        ("password", nora.password.as_str()),
        ("next", "//elsewhere.example/"),
    ];
    let answer = house.anyone(&post("/sign-in", &[], &fields));
    let cookie = answer.header("set-cookie").unwrap();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"));
    assert_eq!(answer.header("location"), Some("/board"));
}

#[test]
fn opening_a_chart_and_acting_in_a_session_are_noted_with_who_and_whose() {
    let house = House::demo();
    let session = house.session_in("2");
    let patient = house.session(session).patient.unwrap();
    let mut nurse = house.person("nurse");
    let mut auditor = house.person("auditor");
    let began = house.application().clock.now();
    assert_eq!(auditor.page(&format!("/patients/{patient}")).status, 200);
    assert_eq!(auditor.page(&format!("/sessions/{session}")).status, 200);
    let path = format!("/sessions/{session}/record.pdf");
    assert_eq!(auditor.page(&path).status, 200);
    let path = format!("/patients/{patient}/outcomes");
    assert_eq!(nurse.page(&path).status, 200);
    assert_eq!(auditor.page(&path).status, 403);
    let fields = [("act", "note"), ("text", "Calm.")];
    assert_eq!(nurse.act(&house, session, &fields).status, 200);
    let application = house.application();
    let rows = house
        .wait_for(application.store.audit(application.tenant, None, 20))
        .unwrap();
    let noted = |by: &str, action: &str| {
        rows.iter()
            .filter(|row| {
                let person = match &row.entry.actor {
                    clinical::record::Actor::Person { name, .. } => name.as_str(),
                    _ => "",
                };
                person == by && row.entry.action == action && row.entry.patient == Some(patient)
            })
            .count()
    };
    assert_eq!(noted("Aude Laurent", "open a chart"), 1);
    assert_eq!(noted("Aude Laurent", "open a session"), 2);
    assert_eq!(noted("Nora Lindqvist", "open the outcomes"), 1);
    assert_eq!(noted("Aude Laurent", "open the outcomes"), 0);
    let acts = rows
        .iter()
        .filter(|row| row.entry.session == Some(session) && row.entry.at >= began)
        .filter(|row| {
            matches!(&row.entry.actor, clinical::record::Actor::Person { name, .. }
                if name == "Nora Lindqvist")
        });
    assert_eq!(acts.count(), 1);
}

#[test]
fn programs_without_a_token_or_with_an_old_or_foreign_one_get_nothing() {
    let house = House::demo();
    let application = house.application();
    let now = application.clock.now();
    let put = |secret: &str, scopes: &str, expires_at| {
        let token = store::ApiToken {
            digest: server::identity::digest(secret),
            client_id: "demo-fhir-client".to_owned(),
            scopes: scopes.to_owned(),
            expires_at,
        };
        house
            .wait_for(application.store.add_token(application.tenant, token))
            .unwrap();
    };
    let hour = units::Span::from_hours(1);
    put("old", "system/*.rs", now - units::Span::from_seconds(1));
    put("devices-only", "system/Device.rs", now + hour);
    put("of-a-patient", "patient/*.rs", now + hour);
    let another_clinic = store::ApiToken {
        digest: server::identity::digest("another clinic"),
        client_id: "demo-fhir-client".to_owned(),
        scopes: "system/*.rs".to_owned(),
        expires_at: now + hour,
    };
    let elsewhere = clinical::record::TenantId(Uuid::new_v4());
    house
        .wait_for(application.store.add_token(elsewhere, another_clinic))
        .unwrap();
    let ask = |authorization: Option<&str>| {
        let headers: Vec<(&str, &str)> = authorization
            .map(|value| ("authorization", value))
            .into_iter()
            .collect();
        house.anyone(&get("/fhir/Patient", &headers))
    };
    for (authorization, status) in [
        (None, 401),
        (Some("Bearer"), 401),
        (Some("Bearer "), 401),
        (Some("Bearer made-up"), 401),
        (Some("Bearer old"), 401),
        (Some("Bearer another clinic"), 401),
        (Some("Basic ZGVtbzpkZW1v"), 401),
        (Some("Bearer devices-only"), 403),
        (Some("Bearer of-a-patient"), 403),
    ] {
        let answer = ask(authorization);
        assert_eq!(answer.status, status, "{authorization:?}");
        assert_eq!(json(&answer)["resourceType"], "OperationOutcome");
        assert!(!answer.text().contains("MORENO"));
        if status == 401 {
            let challenge = answer.header("www-authenticate").unwrap();
            assert!(challenge.starts_with("Bearer"), "{challenge}");
        }
    }
}

#[test]
fn a_token_is_given_only_for_the_right_secret_and_never_for_more_than_was_granted() {
    let house = House::demo();
    let client = house.credentials.as_ref().unwrap().fhir_client.clone();
    let ask = |secret: &str, scope: &str, grant: &str| {
        let fields = [
            ("grant_type", grant),
            ("client_id", client.client_id.as_str()),
            ("client_secret", secret),
            ("scope", scope),
        ];
        house.anyone(&post("/oauth/token", &[], &fields))
    };
    let right = client.client_secret.as_str();
    let grant = "client_credentials";
    assert_eq!(ask(right, "", grant).status, 200);
    let wrong = ask("wrong", "", grant);
    assert_eq!(wrong.status, 401);
    assert_eq!(json(&wrong)["error"], "invalid_client");
    let more = ask(right, "system/*.cruds", grant);
    assert_eq!(more.status, 400);
    assert_eq!(json(&more)["error"], "invalid_scope");
    let other = ask(right, "", "password");
    assert_eq!(other.status, 400);
    assert_eq!(json(&other)["error"], "unsupported_grant_type");
}

/// How many events of people the clinic's log holds; a rule may raise a notice at any moment.
fn record_length(house: &House) -> usize {
    let application = house.application();
    let events = application.store.events(application.tenant, 0, 10_000);
    let events = house.wait_for(events).unwrap();
    events
        .iter()
        .filter(|event| matches!(event.header.actor, Actor::Person { .. }))
        .count()
}
