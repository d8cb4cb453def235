//! Whoever came in by a link tries everything that the server has, with everything that names
//! somebody else. What is tried comes from the server's own table of routes, from the log and
//! from the pages of the others, not from a list: a route or a form that is added is tried too.

use super::{cookie_of, enter, link, page, registration};
use crate::house::House;
use crate::stranger::http::{Answer, Connection, get, post};
use axum::http::Method;
use clinical::record::{Actor, Envelope, PatientId, StaffId, StreamKind};
use server::web::{Access, Route};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// How many of the others' pages are read, each, for their links and forms.
const PAGES_EACH: usize = 30;

/// How many of the others' ids are put into one place of a path.
const IDS: usize = 24;

/// A form as it stood on somebody's page.
#[derive(Clone, Debug)]
struct Form {
    action: String,
    fields: Vec<(String, String)>,
}

/// Somebody who came in by their own link.
struct Inside {
    cookie: String,
    /// The pages that lead to each other from the first one.
    pages: BTreeMap<String, String>,
    forms: Vec<Form>,
}

fn events(house: &House) -> Vec<Envelope> {
    let application = house.application();
    let events = application.store.events(application.tenant, 0, 100_000);
    house.wait_for(events).unwrap()
}

fn body(event: &Envelope) -> String {
    String::from_utf8_lossy(&event.body).into_owned()
}

/// Every identity that a text names.
fn ids_in(text: &str) -> BTreeSet<Uuid> {
    let bytes = text.as_bytes();
    bytes
        .windows(36)
        .filter(|window| window[8] == b'-' && window[23] == b'-')
        .filter_map(|window| Uuid::try_parse_ascii(window).ok())
        .collect()
}

/// What names a person and nobody else: their streams, and what is filed in them.
fn ids_of(events: &[Envelope], patient: Uuid) -> BTreeSet<Uuid> {
    let mut ids = BTreeSet::from([patient]);
    for event in events {
        let (stream, body) = (event.header.stream, body(event));
        let is_theirs = stream.id == patient
            || (matches!(stream.kind, StreamKind::Session | StreamKind::Preparation)
                && body.contains(&patient.to_string()));
        if is_theirs {
            ids.insert(stream.id);
            ids.extend(ids_in(&body));
        }
        if matches!(stream.kind, StreamKind::Calendar) && body.contains(&patient.to_string()) {
            ids.extend(ids_in(&body));
        }
    }
    ids
}

/// The value of an attribute in the text of a tag.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    let value = rest.split('"').next()?;
    Some(value.replace("&#38;", "&").replace("&amp;", "&"))
}

fn forms_of(text: &str) -> Vec<Form> {
    let posted = |part: &&str| part.split('>').next().unwrap().contains("post");
    text.split("<form")
        .skip(1)
        .filter(posted)
        .map(|part| {
            let inside = part.split("</form>").next().unwrap();
            let tags = inside.split('<').skip(1);
            let fields = tags
                .filter_map(|tag| {
                    let tag = tag.split('>').next()?;
                    let name = attribute(tag, "name")?;
                    let value = attribute(tag, "value").filter(|value| !value.is_empty());
                    Some((name, value.unwrap_or_else(|| "1".to_owned())))
                })
                .collect();
            Form {
                action: attribute(inside, "action").unwrap_or_default(),
                fields,
            }
        })
        .collect()
}

/// Lets somebody in and reads their pages.
fn inside(house: &House, patient: Uuid) -> Inside {
    let patient = patient.to_string();
    let entered = enter(
        house,
        &link(house, &patient),
        &super::birth(house, &patient),
    );
    let cookie = cookie_of(&entered);
    let (mut pages, mut forms) = (BTreeMap::new(), Vec::new());
    let mut open = vec!["/my".to_owned()];
    while let Some(path) = open.pop() {
        if pages.len() >= PAGES_EACH || pages.contains_key(&path) {
            continue;
        }
        let text = page(house, &path, &cookie).text().to_owned();
        for tag in text.split("<a").skip(1) {
            let to = attribute(tag.split('>').next().unwrap(), "href");
            let own = to.filter(|to| to.starts_with("/my"));
            // Breadth first: every part of the pages is seen before any of them whole.
            open.splice(0..0, own);
        }
        forms.extend(forms_of(&text));
        pages.insert(path, text);
    }
    Inside {
        cookie,
        pages,
        forms,
    }
}

/// The token of somebody's forms.
fn csrf(someone: &Inside) -> String {
    let mut fields = someone.forms.iter().flat_map(|form| &form.fields);
    let csrf = fields.find(|(name, _)| name == "csrf");
    csrf.expect("a form with a token").1.clone()
}

/// The names of the places in a path: `id` of `/visits/{id}`.
fn places(path: &str) -> Vec<&str> {
    path.split('{')
        .skip(1)
        .map(|rest| rest.split('}').next().unwrap())
        .collect()
}

fn in_place(path: &str, id: &str) -> String {
    let mut filled = path.to_owned();
    for place in places(path) {
        filled = filled.replace(&format!("{{{place}}}"), id);
    }
    filled
}

/// Ana, who tries, and what she must never see.
struct Trying<'a> {
    house: &'a House,
    ana: &'a Inside,
    csrf: String,
    /// The names and numbers of the others.
    words: Vec<String>,
}

impl Trying<'_> {
    fn send(&self, method: &Method, path: &str, fields: &[(String, String)]) -> Answer {
        let headers = [
            ("cookie", self.ana.cookie.as_str()),
            ("accept", "text/html"),
        ];
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| match name.as_str() {
                "csrf" => ("csrf", self.csrf.as_str()),
                name => (name, value.as_str()),
            })
            .collect();
        let request = match *method {
            Method::POST => post(path, &headers, &fields),
            _ => get(path, &headers),
        };
        let mut connection = Connection::open(self.house.http()).unwrap();
        let answer = connection.send(&request).unwrap();
        for word in &self.words {
            let text = answer.text();
            assert!(!text.contains(word), "{method} {path} says {word}");
        }
        assert_ne!(answer.status, 500, "{method} {path}");
        answer
    }

    /// One route, with one of the others' ids in every place of its path and in every field.
    fn route(&self, route: &Route, names: &BTreeSet<String>, id: &str) {
        let path = in_place(route.path, id);
        let mut fields: Vec<(String, String)> = names
            .iter()
            .map(|name| (name.clone(), id.to_owned()))
            .collect();
        fields.retain(|(name, _)| !matches!(name.as_str(), "csrf" | "command_id" | "answer"));
        fields.push(("csrf".to_owned(), String::new()));
        fields.push(("command_id".to_owned(), Uuid::new_v4().to_string()));
        fields.push(("answer".to_owned(), "yes".to_owned()));
        let answer = self.send(&route.method, &path, &fields);
        if matches!(route.access, Access::People(_) | Access::Programs) {
            let status = answer.status;
            let refused = matches!(status, 303 | 401 | 403 | 404 | 405);
            assert!(refused, "{} {path}: {status}", route.method);
            let to = answer.header("location");
            assert!(
                to.is_none_or(|to| to.starts_with("/sign-in") || to.starts_with("/p")),
                "{} {path} leads to {to:?}",
                route.method
            );
        }
    }
}

#[test]
fn whatever_a_patient_asks_for_by_whichever_route_or_form_of_another_nothing_of_the_other_answers()
{
    // Hazard: H45
    let house = House::demo();
    let before = events(&house);
    // Those with the most kinds of record are tried at; the one after them tries.
    let mut kinds: BTreeMap<Uuid, BTreeSet<String>> = BTreeMap::new();
    let listed = house
        .application()
        .store
        .patients(house.application().tenant, "", 10_000);
    let rows = house.wait_for(listed).unwrap();
    let people: BTreeSet<Uuid> = rows.iter().map(|row| row.patient.0).collect();
    for event in &before {
        for id in ids_in(&body(event))
            .into_iter()
            .chain([event.header.stream.id])
        {
            if people.contains(&id) {
                let kind = format!("{:?}", event.header.stream.kind);
                kinds.entry(id).or_default().insert(kind);
            }
        }
    }
    let mut people: Vec<Uuid> = kinds.keys().copied().collect();
    people.sort_by_key(|id| (std::cmp::Reverse(kinds[id].len()), *id));
    let (ana, others) = (people[0], &people[1..5]);
    let anas = ids_of(&before, ana);
    let mut theirs: BTreeSet<Uuid> = BTreeSet::new();
    let mut words = Vec::new();
    for other in others {
        theirs.extend(ids_of(&before, *other));
        let known = registration(&house, &other.to_string());
        let (family, given) = (known.family_name, known.given_name);
        words.push(format!("{given} {family}"));
        words.push(format!("{}, {given}", family.to_uppercase()));
        words.push(known.record_number);
    }
    theirs.retain(|id| !anas.contains(id));
    let insiders: Vec<Inside> = others.iter().map(|id| inside(&house, *id)).collect();
    let anas_pages = inside(&house, ana);
    let trying = Trying {
        house: &house,
        csrf: csrf(&anas_pages),
        ana: &anas_pages,
        words,
    };
    let counted = events(&house).len();
    // The pages and the forms of the others, as they stand before them.
    let (mut pages, mut forms) = (0, 0);
    for insider in &insiders {
        for path in insider.pages.keys() {
            trying.send(&Method::GET, path, &[]);
            pages += 1;
        }
        for form in &insider.forms {
            if form.action.starts_with("/my") && form.action != "/my/leave" {
                trying.send(&Method::POST, &form.action, &form.fields);
                forms += 1;
            }
        }
    }
    assert!(pages > 20 && forms > 10, "{pages} pages, {forms} forms");
    // Every route of the table, with their ids in its path and in every field that any form has.
    let mut table = server::web::table();
    let mut names: BTreeSet<String> = table
        .iter()
        .flat_map(|route| places(route.path))
        .map(str::to_owned)
        .collect();
    let of_forms = insiders.iter().flat_map(|insider| &insider.forms);
    names.extend(of_forms.flat_map(|form| form.fields.iter().map(|(name, _)| name.clone())));
    // Leaving ends what the others need.
    table.sort_by_key(|route| route.path == "/my/leave");
    let spread: Vec<Uuid> = theirs
        .iter()
        .copied()
        .step_by((theirs.len() / IDS).max(1))
        .filter(|id| !others.contains(id))
        .collect();
    for route in &table {
        if route.path.starts_with("/assets") || route.path == "/healthz" {
            continue;
        }
        let is_own = matches!(route.access, Access::Own);
        // A route that opens to staff refuses before it looks: a few ids show it.
        let ids = others
            .iter()
            .chain(&spread)
            .take(if is_own { IDS } else { 5 });
        for id in ids {
            trying.route(route, &names, &id.to_string());
        }
    }
    // Ana wrote nothing into what is not hers, and nothing that names the others.
    let after = events(&house);
    for event in &after[counted..] {
        let by_ana = matches!(
            &event.header.actor,
            Actor::Person { id, .. } if *id == StaffId(ana)
        );
        if !by_ana {
            continue;
        }
        let stream = event.header.stream;
        // What she typed as her own words may be anything, and leads nowhere.
        let typed = |other: &Uuid| format!(r#""words":"{other}""#);
        assert!(!theirs.contains(&stream.id), "{stream:?}: {}", body(event));
        for other in others {
            let body = body(event).replace(&typed(other), "");
            let names_them = body.contains(&PatientId(*other).to_string());
            assert!(!names_them, "{stream:?}: {body}");
        }
    }
    // Had nothing been written at all, the forms would have proved little.
    let written = after[counted..].iter().any(
        |event| matches!(&event.header.actor, Actor::Person { id, .. } if *id == StaffId(ana)),
    );
    assert!(written, "no form of the others was understood");
}
