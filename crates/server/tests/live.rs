//! The live room and acts that meet: streams that break and go on, viewers that must not see,
//! people who act at once, requests that come twice, readers that do not read.
//!
//! Source of the expected answers: the record itself, read past the stream; safety reference §9.3,
//! §14.10; device reference §2.7 (silence), §10 (association).

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use crate::house::events::{Event, Events};
use crate::house::line::Line;
use crate::house::{House, Person, json};
use crate::stranger::http::{Answer, get};
use crate::stranger::mllp::{Numbers, message};
use clinical::course::session::{Command, SessionEvent};
use clinical::record::{CommandId, EventId, Recorded, Role, SessionId, StreamId};
use rand::Rng;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Barrier, Mutex};
use std::time::{Duration, Instant};
use units::{Moment, Span};
use uuid::Uuid;

const SOON: Duration = Duration::from_secs(10);
/// After so long without a word from the server a page says by itself that it is cut off.
/// Source: hazard H03.
const NOTICED: Duration = Duration::from_secs(10);

/// A clinic with a session under way in each of these rooms, each with its monitor.
struct Clinic {
    house: House,
    sessions: Vec<SessionId>,
}

fn key(number: usize) -> String {
    format!("0200E5FFFEAD{number:04}")
}

impl Clinic {
    fn open(rooms: usize) -> Self {
        let house = House::staffed(|_| {});
        let mut sessions = Vec::new();
        for number in 0..rooms {
            let room = (number + 1).to_string();
            let (_, session) = house.ready_session(&format!("0090-{room}"), &room);
            let device = house.device(&key(number), &format!("Monitor {room}"), "generic-pcd01");
            house.serve(device, session, ago(&house, 30));
            let now = house.application().clock.now();
            let start = Command::StartInfusion {
                override_reason: None,
                second_clinician: None,
            };
            house.tell(session, now, start).unwrap();
            sessions.push(session);
        }
        Self { house, sessions }
    }

    fn stream(&self, session: SessionId, viewer: &Person, after: Option<&str>) -> Events {
        let path = format!("/sessions/{session}/live");
        Events::open(self.house.http(), &path, &viewer.cookie, after)
    }

    /// Version, kind and time of every entry after a version, from the record.
    fn record(&self, session: SessionId, after: u64) -> Vec<Value> {
        let session = self.house.session(session);
        session
            .entries
            .iter()
            .filter(|entry| entry.version > after)
            .map(|entry| {
                serde_json::json!({
                    "version": entry.version,
                    "kind": entry.event.name(),
                    "at": entry.occurred_at.milliseconds(),
                })
            })
            .collect()
    }

    /// How many events of the record are such.
    fn count(&self, session: SessionId, is: impl Fn(&SessionEvent) -> bool) -> usize {
        let session = self.house.session(session);
        session
            .entries
            .iter()
            .filter(|entry| is(&entry.event))
            .count()
    }
}

fn ago(house: &House, minutes: i64) -> Moment {
    house.application().clock.now() - Span::from_minutes(minutes)
}

fn spoken(number: usize, id: &str, at: Moment, heart_rate: u32, cuff: Option<u32>) -> String {
    let numbers = Numbers {
        heart_rate,
        saturation: 97,
        respiratory_rate: 13,
        cuff: cuff.map(|systolic| (systolic, 77, at.milliseconds())),
        twelve: false,
        temperature_tenths: 367,
    };
    message(&key(number), id, at.milliseconds(), &numbers)
}

fn note(person: &mut Person, house: &House, session: SessionId, text: &str) -> Answer {
    person.act(house, session, &[("act", "note"), ("text", text)])
}

/// The value of a sign's tile.
fn tile<'a>(tiles: &'a Value, sign: &str) -> &'a Value {
    let tiles = tiles["tiles"].as_array().unwrap();
    tiles.iter().find(|tile| tile["sign"] == sign).unwrap()
}

#[test]
fn a_stream_that_breaks_again_and_again_tells_every_entry_once_and_in_order() {
    // Hazard: H03
    let clinic = Clinic::open(1);
    let (house, session) = (&clinic.house, clinic.sessions[0]);
    let viewer = house.person("therapist");
    let began_at = house.session(session).version;
    let (ended, mut breaks) = (AtomicBool::new(false), 0);
    let mut told: Vec<Value> = Vec::new();
    std::thread::scope(|scope| {
        let acting = scope.spawn(|| {
            let mut nurse = house.person("nurse");
            for number in 0..150 {
                let answer = note(&mut nurse, house, session, &format!("Note {number}"));
                assert_eq!(answer.status, 200, "{}", answer.text());
                std::thread::sleep(Duration::from_millis(10));
            }
        });
        let speaking = scope.spawn(|| {
            let mut line = Line::open(house.mllp());
            for number in 0..100 {
                let at = house.application().clock.now();
                // Every tenth frame brings another cuff cycle, which is charted.
                let cuff = (number % 10 == 0).then_some(120);
                let text = spoken(0, &format!("R{number}"), at, 71, cuff);
                assert_eq!(line.tell(text.as_bytes()).0, "CA");
                std::thread::sleep(Duration::from_millis(15));
            }
        });
        let ends = scope.spawn(|| {
            acting.join().unwrap();
            speaking.join().unwrap();
            ended.store(true, Ordering::SeqCst);
        });
        let (mut chance, began) = (rand::rng(), Instant::now());
        // The page says which version it shows: the stream begins after it.
        let mut last_id = format!("0.{began_at}");
        loop {
            let finished = ended.load(Ordering::SeqCst);
            let mut stream = clinic.stream(session, &viewer, Some(&last_id));
            let events = chance.random_range(1..=9);
            for _ in 0..events {
                let event = stream.next(SOON).unwrap();
                if event.kind == "entry" {
                    told.push(event.data);
                }
            }
            // What arrived in part, or was not read, is lost with the connection.
            if chance.random_bool(0.5) {
                half_an_event(&stream);
            }
            last_id = stream.last_id.clone().unwrap();
            breaks += 1;
            assert!(began.elapsed() < SOON * 6, "it stands at {last_id}");
            let version = house.session(session).version;
            if finished && last_id.ends_with(&format!(".{version}")) {
                break;
            }
        }
        ends.join().unwrap();
    });
    assert_eq!(told, clinic.record(session, began_at));
    assert!(told.len() >= 160, "{}", told.len());
    assert!(breaks >= 20, "{breaks}");
}

/// Takes some bytes out of the socket and throws them away.
fn half_an_event(stream: &Events) {
    let mut socket = stream.socket();
    socket
        .set_read_timeout(Some(Duration::from_millis(30)))
        .unwrap();
    // It may be that nothing has come.
    let _ = socket.read(&mut [0_u8; 40]);
}

#[test]
fn a_viewer_of_one_session_never_hears_of_another_not_even_when_a_monitor_changes_its_place() {
    // Hazard: H01
    let clinic = Clinic::open(2);
    let house = &clinic.house;
    let viewer = house.person("therapist");
    let ended = AtomicBool::new(false);
    let [here, there] = [clinic.sessions[0], clinic.sessions[1]];
    // Tiles follow the monitor once a second: a monitor that is quicker than that is waited for.
    let shown = Mutex::new(BTreeSet::new());
    let wait_until_shown = |rate: &str| {
        let end = Instant::now() + SOON;
        while !shown.lock().unwrap().contains(rate) && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(20));
        }
    };
    let listen = |session: SessionId| {
        let mut stream = clinic.stream(session, &viewer, Some("0.0"));
        let mut events: Vec<Event> = Vec::new();
        while !ended.load(Ordering::SeqCst) {
            let event = stream.next(SOON).unwrap();
            if event.kind == "tiles" {
                let rate = tile(&event.data, "heart-rate")["text"].clone();
                let mut shown = shown.lock().unwrap();
                shown.insert(rate.as_str().unwrap().to_owned());
            }
            events.push(event);
        }
        // Whatever was under way when the last act was answered, and all that was written by then:
        // a monitor's minutes are charted behind its numbers, and a slow machine tells them later.
        let written = clinic.record(session, 0).len();
        let (end, latest) = (
            Instant::now() + Duration::from_secs(2),
            Instant::now() + SOON,
        );
        let told = |events: &[Event]| events.iter().filter(|one| one.kind == "entry").count();
        while Instant::now() < end || (told(&events) < written && Instant::now() < latest) {
            events.push(stream.next(SOON).unwrap());
        }
        (events, written)
    };
    let (seen_here, seen_there) = std::thread::scope(|scope| {
        let viewers = [here, there].map(|session| scope.spawn(move || listen(session)));
        let [first, second] = [(0, here, 61), (1, there, 161)].map(|(number, session, rate)| {
            scope.spawn(move || {
                let mut nurse = house.person("nurse");
                let mut line = Line::open(house.mllp());
                for count in 0..40 {
                    let at = house.application().clock.now();
                    let text = spoken(number, &format!("V{count}"), at, rate, None);
                    assert_eq!(line.tell(text.as_bytes()).0, "CA");
                    let words = format!("Only in session {number}");
                    assert_eq!(note(&mut nurse, house, session, &words).status, 200);
                }
            })
        });
        first.join().unwrap();
        second.join().unwrap();
        wait_until_shown("61");
        wait_until_shown("161");
        // The first monitor is moved to the other room, and speaks on.
        let device = house.application().devices.known(&key(0)).unwrap();
        let device = device.lock().id.unwrap();
        let other = house.application().devices.known(&key(1)).unwrap();
        let other = other.lock().id.unwrap();
        house.release(other);
        house.release(device);
        house.serve(device, there, house.application().clock.now());
        let mut line = Line::open(house.mllp());
        for count in 0..20 {
            let at = house.application().clock.now();
            let text = spoken(0, &format!("W{count}"), at, 99, Some(155));
            assert_eq!(line.tell(text.as_bytes()).0, "CA");
        }
        wait_until_shown("99");
        ended.store(true, Ordering::SeqCst);
        let [here, there] = viewers.map(|viewer| viewer.join().unwrap());
        (here, there)
    });
    let rates = |events: &[Event]| -> Vec<String> {
        let mut rates: Vec<String> = events
            .iter()
            .filter(|event| event.kind == "tiles")
            .map(|event| {
                tile(&event.data, "heart-rate")["text"]
                    .as_str()
                    .unwrap()
                    .to_owned()
            })
            .collect();
        rates.sort();
        rates.dedup();
        rates
    };
    // 70 is what was charted by hand before the start; dashes, when the monitor is gone.
    let only = |rates: &[String], mine: &[&str]| {
        let strange: Vec<&String> = rates
            .iter()
            .filter(|rate| !mine.contains(&rate.as_str()))
            .collect();
        assert!(strange.is_empty(), "{strange:?}");
    };
    let (rates_here, rates_there) = (rates(&seen_here.0), rates(&seen_there.0));
    only(&rates_here, &["--", "70", "61"]);
    only(&rates_there, &["--", "70", "161", "99"]);
    assert!(rates_here.contains(&"61".to_owned()));
    assert!(rates_there.contains(&"161".to_owned()) && rates_there.contains(&"99".to_owned()));
    for (session, (seen, written)) in [(here, seen_here), (there, seen_there)] {
        let told: Vec<Value> = seen
            .into_iter()
            .filter(|event| event.kind == "entry")
            .map(|event| event.data)
            .collect();
        assert!(told.len() >= written, "{} of {written} told", told.len());
        // The record may have gone on since: what was told is how it begins, without a gap.
        assert_eq!(told, clinic.record(session, 0)[..told.len()]);
    }
}

#[test]
fn silence_of_a_monitor_is_told_and_silence_of_the_server_can_be_told_from_it() {
    // Hazard: H03
    let began = Moment::parse("2026-11-23T13:00:00Z").unwrap();
    let (house, hand) = House::telling(jiff::tz::TimeZone::UTC, began);
    let (_, session) = house.ready_session("0091-1", "1");
    let device = house.device(&key(0), "Monitor 1", "generic-pcd01");
    house.serve(device, session, began - Span::from_minutes(30));
    let clinic = Clinic {
        house,
        sessions: vec![session],
    };
    let house = &clinic.house;
    let nurse = house.person("nurse");
    let mut stream = clinic.stream(session, &nurse, None);
    let mut line = Line::open(house.mllp());
    let text = spoken(0, "S1", began, 71, None);
    assert_eq!(line.tell(text.as_bytes()).0, "CA");
    stream.until(SOON, |event| event.data["feed"] == "live");
    // Ten seconds of silence are not yet silence. Source: device reference §2.7.
    hand.advance(Span::from_seconds(10));
    let at = |event: &Event| event.data["at"].as_i64();
    let ten = (began + Span::from_seconds(10)).milliseconds();
    let shown = stream.until(SOON, |event| at(event) == Some(ten));
    assert_eq!(shown.data["feed"], "live");
    hand.advance(Span::from_seconds(1));
    let eleven = (began + Span::from_seconds(11)).milliseconds();
    let shown = stream.until(SOON, |event| at(event) == Some(eleven));
    assert_eq!(shown.data["feed"], "silent");
    assert_eq!(
        shown.data["feed_says"],
        "No signal from Monitor 1 since 13:00:00"
    );
    assert_eq!(tile(&shown.data, "heart-rate")["state"], "stale");
    // Nothing happens at all, and the server still says so every second: silence means loss.
    let mut last = Instant::now();
    for _ in 0..5 {
        let event = stream.next(NOTICED).unwrap();
        assert!(event.at - last < NOTICED / 3, "{:?}", event.at - last);
        last = event.at;
    }
    // A server that stops ends its streams at once, with a word.
    let mut clinic = clinic;
    let asked = Instant::now();
    clinic.house.stop();
    let mut ended = false;
    while let Ok(event) = stream.next(NOTICED) {
        ended |= event.kind == "end";
    }
    assert!(ended);
    assert!(asked.elapsed() < NOTICED / 2, "{:?}", asked.elapsed());
}

#[test]
fn two_nurses_who_chart_at_once_lose_nothing_and_each_entry_stands_once() {
    // Hazard: H26
    let clinic = Clinic::open(1);
    let (house, session) = (&clinic.house, clinic.sessions[0]);
    let before = house.session(session).version;
    let mut versions: Vec<u64> = std::thread::scope(|scope| {
        let nurses = ["nurse", "prescriber"].map(|role| {
            scope.spawn(move || {
                let mut person = house.person(role);
                let answers = (0..60).map(|number| {
                    let text = format!("{role} {number}");
                    let answer = note(&mut person, house, session, &text);
                    assert_eq!(answer.status, 200, "{}", answer.text());
                    json(&answer)["version"].as_u64().unwrap()
                });
                answers.collect::<Vec<u64>>()
            })
        });
        nurses.map(|nurse| nurse.join().unwrap()).concat()
    });
    // Each was told a version of its own, and together they are the whole record.
    versions.sort_unstable();
    let wanted: Vec<u64> = (before + 1..=before + 120).collect();
    assert_eq!(versions, wanted);
    for role in ["nurse", "prescriber"] {
        for number in 0..60 {
            let wanted = format!("{role} {number}");
            let count = clinic.count(
                session,
                |event| matches!(event, SessionEvent::NoteWritten { text } if *text == wanted),
            );
            assert_eq!(count, 1, "{wanted}");
        }
    }
}

#[test]
fn of_two_people_who_pause_at_once_one_is_told_that_it_is_paused_already() {
    // Hazard: H26
    let clinic = Clinic::open(1);
    let (house, session) = (&clinic.house, clinic.sessions[0]);
    let mut people = [house.person("nurse"), house.person("prescriber")];
    for round in 1..=10 {
        for act in ["pause", "resume"] {
            let together = Barrier::new(2);
            let mut answers = std::thread::scope(|scope| {
                let acting = people.each_mut().map(|person| {
                    let together = &together;
                    scope.spawn(move || {
                        together.wait();
                        person.act(house, session, &[("act", act)])
                    })
                });
                acting.map(|one| one.join().unwrap())
            });
            answers.sort_by_key(|answer| answer.status);
            let statuses = [answers[0].status, answers[1].status];
            assert_eq!(statuses, [200, 409], "{act} {round}");
            let says = json(&answers[1])["refused"].as_str().unwrap().to_owned();
            assert!(!says.is_empty());
        }
        let paused = |event: &SessionEvent| matches!(event, SessionEvent::InfusionPaused { .. });
        assert_eq!(clinic.count(session, paused), round);
        let resumed = |event: &SessionEvent| matches!(event, SessionEvent::InfusionResumed {});
        assert_eq!(clinic.count(session, resumed), round);
    }
}

#[test]
fn one_bolus_sent_over_eight_connections_at_once_is_given_once_and_every_answer_is_the_same() {
    // Hazard: H21
    let clinic = Clinic::open(1);
    let (house, session) = (&clinic.house, clinic.sessions[0]);
    let prescriber = house.person("prescriber");
    for round in 1..=8 {
        let id = Uuid::new_v4().to_string();
        let together = Barrier::new(8);
        let answers: Vec<(u16, String)> = std::thread::scope(|scope| {
            let senders: Vec<_> = (0..8)
                .map(|_| {
                    let (id, together) = (&id, &together);
                    let mut person = prescriber.again();
                    scope.spawn(move || {
                        together.wait();
                        let fields = [("act", "bolus"), ("amount", "0.5"), ("again", "yes")];
                        let answer = person.act_again(house, session, id, &fields);
                        (answer.status, answer.text())
                    })
                })
                .collect();
            senders
                .into_iter()
                .map(|sender| sender.join().unwrap())
                .collect()
        });
        assert_eq!(answers[0].0, 200, "{}", answers[0].1);
        for answer in &answers {
            assert_eq!(answer, &answers[0]);
        }
        let boluses = |event: &SessionEvent| matches!(event, SessionEvent::BolusGiven { .. });
        assert_eq!(clinic.count(session, boluses), round);
    }
}

#[test]
fn a_form_that_was_saved_and_is_sent_again_with_other_contents_is_not_called_saved() {
    // Hazard: H21
    let clinic = Clinic::open(2);
    let [session, other] = [clinic.sessions[0], clinic.sessions[1]];
    let house = &clinic.house;
    let mut nurse = house.person("nurse");
    let id = Uuid::new_v4().to_string();
    let first = [("act", "distress"), ("score", "2")];
    let saved = nurse.act_again(house, session, &id, &first);
    assert_eq!(saved.status, 200);
    // The same once more, as after a lost answer, also as somebody else's hand on the same form.
    let again = nurse.act_again(house, session, &id, &first);
    assert_eq!((again.status, again.text()), (200, saved.text()));
    // Back in the browser, another score; and the same form for somebody else.
    for (session, fields) in [
        (session, [("act", "distress"), ("score", "8")]),
        (session, [("act", "sedation"), ("score", "2")]),
        (other, first),
    ] {
        let answer = nurse.act_again(house, session, &id, &fields);
        assert_eq!(answer.status, 422, "{}", answer.text());
        assert_eq!(json(&answer)["field"], "command_id");
    }
    let scored = |event: &SessionEvent| matches!(event, SessionEvent::DistressScored { .. });
    assert_eq!(clinic.count(session, scored), 1);
    assert_eq!(clinic.count(other, scored), 0);
}

/// Reads until the stream ends; says how long that took.
fn ends(stream: &mut Events, within: Duration) -> Duration {
    let asked = Instant::now();
    while stream.next(within).is_ok() {
        assert!(asked.elapsed() < within, "the stream goes on");
    }
    asked.elapsed()
}

#[test]
fn a_stream_ends_when_its_viewer_signs_out_or_may_no_longer_see_it() {
    // Hazard: H45
    let clinic = Clinic::open(1);
    let (house, session) = (&clinic.house, clinic.sessions[0]);
    let application = house.application();
    let board = |viewer: &Person| Events::open(house.http(), "/board/live", &viewer.cookie, None);
    // One signs out on the same device; the other's stream goes on.
    let (mut leaving, staying) = (house.person("nurse"), house.person("nurse"));
    let mut streams = [clinic.stream(session, &leaving, None), board(&leaving)];
    let mut stays = clinic.stream(session, &staying, None);
    assert_eq!(leaving.send("/sign-out", &[]).status, 303);
    for stream in &mut streams {
        ends(stream, NOTICED);
    }
    assert_eq!(leaving.page("/board").status, 303);
    stays.until(SOON, |event| event.kind == "tiles");
    // A role is taken away, and an account is closed.
    for (role, change) in [
        ("therapist", Change::Role(Role::FrontDesk)),
        ("prescriber", Change::Disabled),
    ] {
        let viewer = house.person(role);
        let mut stream = clinic.stream(session, &viewer, None);
        stream.until(SOON, |event| event.kind == "tiles");
        let find = application
            .store
            .account_by_username(application.tenant, role);
        let mut account = house.wait_for(find).unwrap().unwrap();
        match change {
            Change::Role(role) => account.role = role,
            Change::Disabled => account.disabled = true,
        }
        let put = application.store.put_account(application.tenant, account);
        house.wait_for(put).unwrap();
        ends(&mut stream, NOTICED);
        // Nor can it be resumed.
        let path = format!("/sessions/{session}/live");
        let headers = [("cookie", viewer.cookie.as_str())];
        let status = house.anyone(&get(&path, &headers)).status;
        assert!(matches!(status, 401 | 403), "{role}: {status}");
    }
    stays.until(SOON, |event| event.kind == "tiles");
}

enum Change {
    Role(Role),
    Disabled,
}

/// Puts many notes into a session's record at one stroke, as a very long visit would.
fn a_long_record(house: &House, session: SessionId, notes: usize) {
    let application = house.application();
    let at = application.clock.now();
    let events = (0..notes).map(|number| {
        let text = format!("Note {number}");
        SessionEvent::NoteWritten { text }.to_new_event(EventId(Uuid::now_v7()), at)
    });
    let decision = store::Decision {
        tenant: application.tenant,
        command_id: CommandId(Uuid::now_v7()),
        actor: crate::house::nurse(),
        recorded_at: at,
        appends: vec![store::Append {
            stream: StreamId::session(session),
            expected_version: house.session(session).version,
            events: events.collect(),
        }],
        projections: Vec::new(),
        audit: Vec::new(),
        answer: b"{}".to_vec(),
    };
    house.wait_for(async {
        application.store.commit(decision).await.unwrap();
        let cell = application.sessions.cell(session).await.unwrap();
        application.refold(session, &cell).await.unwrap();
    });
}

#[test]
fn readers_that_do_not_read_neither_delay_others_nor_fill_the_memory() {
    // Hazard: H14
    let clinic = Clinic::open(1);
    let (house, session) = (&clinic.house, clinic.sessions[0]);
    a_long_record(house, session, 70_000);
    let viewer = house.person("therapist");
    let path = format!("/sessions/{session}/live");
    // They want the whole record, more than any buffer on the way holds, and read none of it.
    let mut stuck: Vec<Events> = (0..3)
        .map(|_| Events::narrow(house.http(), &path, &viewer.cookie, Some("0.0")))
        .collect();
    let mut reading = clinic.stream(session, &viewer, None);
    let mut nurse = house.person("nurse");
    let mut line = Line::open(house.mllp());
    let (mut tiles, mut slowest) = (0, Duration::ZERO);
    let mut acts = |count: u32| {
        for number in 0..count {
            let at = house.application().clock.now();
            let text = spoken(0, &format!("M{number}"), at, 71, None);
            assert_eq!(line.tell(text.as_bytes()).0, "CA");
            let sent = Instant::now();
            let answer = note(&mut nurse, house, session, "All the words of a note.");
            assert_eq!(answer.status, 200, "{}", answer.text());
            let version = json(&answer)["version"].as_u64();
            let seen = reading.until(SOON, |event| {
                tiles += u32::from(event.kind == "tiles");
                event.kind == "entry" && event.data["version"].as_u64() == version
            });
            slowest = slowest.max(seen.at - sent);
        }
    };
    // As many as are measured afterwards: what is held at once by chance has been held once.
    acts(20);
    let before = resident();
    acts(20);
    let grown = resident().saturating_sub(before);
    // Tiles leave at most every 200 ms; the rest is a busy machine.
    assert!(slowest < Duration::from_secs(2), "{slowest:?}");
    assert!(grown < 32 * 1024 * 1024, "{grown} bytes more");
    // Each of them, once it reads, is told everything once, and the tiles of meanwhile only as
    // they are now: nothing was heaped up for it.
    let wanted = clinic.record(session, 0);
    for stream in &mut stuck {
        let (mut told, mut heaped) = (Vec::new(), 0);
        while told.len() < wanted.len() {
            let event = stream.next(SOON).unwrap();
            match event.kind.as_str() {
                "entry" => told.push(event.data),
                _ => heaped += 1,
            }
        }
        assert_eq!(told, wanted);
        assert!(heaped < tiles / 4, "{heaped} of {tiles}");
    }
}

/// How much memory this process, which holds the server, has: in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = status.split(' ').nth(1).unwrap().parse().unwrap();
    pages * 4_096
}

#[test]
fn a_consent_that_is_taken_back_during_the_infusion_is_told_at_once_and_stops_nothing_by_itself() {
    // Hazard: H25
    let clinic = Clinic::open(2);
    let [session, other] = [clinic.sessions[0], clinic.sessions[1]];
    let patient = clinic.house.session(session).patient.unwrap();
    let mut nurse = clinic.house.person("nurse");
    let before = clinic.house.session(session).version;
    let mut stream = clinic.stream(session, &nurse, None);
    let mut board = Events::open(clinic.house.http(), "/board/live", &nurse.cookie, None);
    board.next(SOON).unwrap();
    let (csrf, id) = (nurse.csrf(), Uuid::new_v4().to_string());
    let fields = [
        ("csrf", csrf.as_str()),
        ("command_id", id.as_str()),
        ("product", "racemic-ketamine"),
        ("act", "withdraw"),
        ("words", "I want it to stop"),
    ];
    let path = format!("/patients/{patient}/consent");
    for _ in 0..2 {
        // Sent twice, as an impatient person does.
        let told = nurse.post(&path, &[("accept", "text/html")], &fields);
        assert_eq!(told.status, 303, "{}", told.text());
    }
    stream.until(SOON, |event| {
        event.kind == "entry" && event.data["kind"] == "AdvisoryRaised"
    });
    board.until(SOON, |event| {
        event.data.to_string().contains("took the consent back")
    });
    let is_notice = |event: &SessionEvent| {
        matches!(event, SessionEvent::AdvisoryRaised { notice, .. }
            if notice.condition == "consent-withdrawn")
    };
    assert_eq!(clinic.count(session, is_notice), 1);
    assert_eq!(clinic.count(other, is_notice), 0);
    // The pump runs as before: a clinician decides.
    let now = clinic.house.session(session);
    assert_eq!(now.stage, clinical::course::session::Stage::Infusion);
    assert_eq!(now.version, before + 1);
    let room = nurse.page(&format!("/sessions/{session}"));
    for words in [
        "The patient took the consent back.",
        "Nothing stops by itself",
        "· consent</span>",
        "Acknowledge",
    ] {
        assert!(room.text().contains(words), "{words}: {}", room.text());
    }
    let board = nurse.page("/board");
    assert!(board.text().contains("The patient took the consent back."));
    // What everybody reads says nothing of the patient's own words.
    assert!(!board.text().contains("I want it to stop"));
    // Asked once more, as happens by itself: it is told once.
    let again = server::consent_withdrawn::tell_rooms(clinic.house.application());
    clinic.house.wait_for(again).unwrap();
    assert_eq!(clinic.count(session, is_notice), 1);
}
