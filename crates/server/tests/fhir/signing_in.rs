//! Tokens: who gets one, and what it is good for.

use crate::fhir::clinic::{Clinic, SECRET, outcome};
use crate::house::json;
use crate::stranger::http::{get, post};
use base64::Engine as _;
use server::application::SINGLE_CLINIC;
use server::identity::digest;
use std::process::{Command, Output};
use units::Span;

#[test]
fn a_program_with_its_secret_gets_a_token_for_an_hour() {
    let clinic = Clinic::open();
    let answer = clinic.ask_for_token("reader", SECRET, &[]);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let body = json(&answer);
    assert_eq!(body["token_type"], "Bearer");
    assert_eq!(body["expires_in"], 3_600);
    assert_eq!(body["scope"], "system/*.rs");
    let basic = base64::engine::general_purpose::STANDARD.encode(format!("reader:{SECRET}"));
    let headers = [("authorization", format!("Basic {basic}"))];
    let headers = headers
        .each_ref()
        .map(|(name, value)| (*name, value.as_str()));
    let form = [("grant_type", "client_credentials")];
    assert_eq!(
        clinic.send(&post("/oauth/token", &headers, &form)).status,
        200
    );
}

#[test]
fn a_wrong_request_for_a_token_is_refused_in_the_words_of_oauth() {
    // Hazard: H45
    let clinic = Clinic::open();
    let grant = ("grant_type", "client_credentials");
    let (id, secret) = (("client_id", "reader"), ("client_secret", SECRET));
    for (fields, status, error) in [
        (
            vec![grant, id, ("client_secret", "wrong")],
            401,
            "invalid_client",
        ),
        (
            vec![grant, ("client_id", "nobody"), secret],
            401,
            "invalid_client",
        ),
        (
            vec![grant, ("client_id", "rea\0der"), secret],
            401,
            "invalid_client",
        ),
        (vec![grant, id], 401, "invalid_client"),
        (
            vec![("grant_type", "password"), id, secret],
            400,
            "unsupported_grant_type",
        ),
        (vec![id, secret], 400, "invalid_request"),
        (vec![grant, grant, id, secret], 400, "invalid_request"),
        (
            vec![grant, id, secret, ("scope", "system/*.cruds")],
            400,
            "invalid_scope",
        ),
        (
            vec![grant, id, secret, ("scope", "launch openid")],
            400,
            "invalid_scope",
        ),
    ] {
        let answer = clinic.send(&post("/oauth/token", &[], &fields));
        assert_eq!(answer.status, status, "{fields:?}");
        assert_eq!(json(&answer)["error"], error, "{fields:?}");
        assert_eq!(answer.header("www-authenticate").is_some(), status == 401);
    }
    let no_form = "POST /oauth/token HTTP/1.1\r\nhost: localhost\r\ncontent-type: \
                   application/json\r\ncontent-length: 2\r\n\r\n{}";
    let answer = clinic.send(no_form.as_bytes());
    assert_eq!(
        (answer.status, json(&answer)["error"].as_str()),
        (400, Some("invalid_request"))
    );
}

#[test]
fn wrong_secrets_make_a_program_wait_and_each_is_noted() {
    // Hazard: H45
    let clinic = Clinic::open();
    for _ in 0..5 {
        assert_eq!(clinic.ask_for_token("reader", "a guess", &[]).status, 401);
    }
    // From here on not even the right one is looked at, until the wait is over.
    let answer = clinic.ask_for_token("reader", SECRET, &[]);
    assert_eq!(answer.status, 429);
    let wait: i64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=3).contains(&wait), "{wait}");
    assert_eq!(json(&answer)["error"], "temporarily_unavailable");
    // Another program at the same place does not wait with it.
    assert_eq!(clinic.ask_for_token("devices", SECRET, &[]).status, 200);
    // A name that is not ours waits in the same way: nothing is learnt from it.
    for _ in 0..5 {
        assert_eq!(clinic.ask_for_token("nobody", "a guess", &[]).status, 401);
    }
    assert_eq!(clinic.ask_for_token("nobody", "a guess", &[]).status, 429);
    let now = clinic.house.application().clock.now();
    clinic.hand.advance_to(now + Span::from_seconds(wait));
    assert_eq!(clinic.ask_for_token("reader", SECRET, &[]).status, 200);
    let application = clinic.house.application();
    let noted = application.store.audit(application.tenant, None, 500);
    let noted = clinic.house.wait_for(noted).unwrap();
    let refused: Vec<_> = noted
        .iter()
        .filter(|row| row.entry.action == "refuse a program: wrong secret")
        .collect();
    assert_eq!(refused.len(), 10);
    assert!(
        refused
            .iter()
            .any(|one| one.entry.detail.contains("reader"))
    );
    assert!(
        refused
            .iter()
            .all(|one| !one.entry.detail.contains("guess"))
    );
}

#[test]
fn a_place_that_tries_one_name_after_the_other_waits_too() {
    // Hazard: H45
    let clinic = Clinic::open();
    for number in 0..20 {
        let name = format!("guess {number}");
        assert_eq!(clinic.ask_for_token(&name, SECRET, &[]).status, 401);
    }
    let answer = clinic.ask_for_token("reader", SECRET, &[]);
    assert_eq!(answer.status, 429);
    assert!(answer.header("retry-after").is_some());
}

#[test]
fn a_token_is_good_until_its_hour_is_over_and_for_its_scopes_only() {
    // Hazard: H45
    let clinic = Clinic::open();
    let ask = |token: &str, path: &str| {
        let bearer = format!("Bearer {token}");
        clinic.send(&get(path, &[("authorization", &bearer)]))
    };
    let narrow = clinic
        .token_of("reader", &[("scope", "system/Patient.read launch")])
        .unwrap();
    assert_eq!(ask(&narrow, "/fhir/Patient").status, 200);
    let devices = clinic.token_of("devices", &[]).unwrap();
    let single = clinic.token_of("one-by-one", &[]).unwrap();
    let rosa = format!("/fhir/Patient/{}", clinic.rosa);
    assert_eq!(ask(&single, &rosa).status, 200);
    assert_eq!(ask(&single, "/fhir/Observation").status, 200);
    for (token, path) in [
        (&narrow, "/fhir/Observation"),
        (&devices, "/fhir/Patient"),
        (&devices, rosa.as_str()),
        (&single, "/fhir/Patient"),
        (&single, "/fhir/Observation/x"),
    ] {
        let refused = ask(token, path);
        assert_eq!(refused.status, 403, "{path}");
        assert_eq!(outcome(&refused)["issue"][0]["code"], "forbidden");
        let challenge = refused.header("www-authenticate").unwrap();
        assert!(challenge.contains("insufficient_scope"), "{challenge}");
    }
    assert_eq!(ask(&devices, "/fhir/Device").status, 200);
    clinic.hand.advance(Span::from_minutes(60));
    for token in [devices.as_str(), "never given"] {
        let refused = ask(token, "/fhir/Device");
        assert_eq!(refused.status, 401);
        assert_eq!(outcome(&refused)["issue"][0]["code"], "login");
        let challenge = refused.header("www-authenticate").unwrap();
        assert!(challenge.contains("invalid_token"), "{challenge}");
    }
    let nobody = clinic.send(&get("/fhir/Device", &[]));
    assert_eq!(
        (nobody.status, nobody.header("www-authenticate")),
        (401, Some("Bearer"))
    );
}

#[test]
fn a_program_is_given_its_account_on_the_command_line_and_its_secret_once() {
    let folder = tempfile::tempdir().unwrap();
    let make = |id: &str, scopes: &str| {
        Command::new(env!("CARGO_BIN_EXE_evenkeel"))
            .args([
                "program",
                "--name",
                "The hospital",
                "--scopes",
                scopes,
                "--data-dir",
            ])
            .arg(folder.path())
            .arg(id)
            .output()
            .unwrap()
    };
    let secret_of = |output: &Output| {
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout.clone())
            .unwrap()
            .trim()
            .to_owned()
    };
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let kept = || {
        let address = format!("sqlite:{}", folder.path().join("evenkeel.db").display());
        runtime.block_on(async {
            let store = store::open(&address).await.unwrap();
            store.client(SINGLE_CLINIC, "hospital").await.unwrap()
        })
    };
    let first = secret_of(&make("hospital", "system/Patient.rs  system/Device.read"));
    let client = kept().unwrap();
    assert_eq!(client.secret_digest, digest(&first));
    assert_eq!(client.scopes, "system/Patient.rs system/Device.read");
    let second = secret_of(&make("hospital", "system/*.rs"));
    assert_ne!(first, second);
    let changed = kept().unwrap();
    assert_eq!(
        (changed.secret_digest, changed.staff),
        (digest(&second), client.staff)
    );
    for (id, scopes) in [
        ("no good id", "system/*.rs"),
        ("hospital", "system/*.cruds"),
        ("hospital", "system/Medication.rs"),
        ("hospital", "patient/*.rs"),
        ("hospital", " "),
    ] {
        let refused = make(id, scopes);
        assert_eq!(refused.status.code(), Some(2), "{id} {scopes}");
        assert!(refused.stdout.is_empty());
    }
    assert_eq!(kept(), Some(changed));
}
