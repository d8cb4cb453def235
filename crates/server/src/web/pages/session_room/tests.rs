//! Key facts of the room, read out of its HTML.

use super::SessionRoom;
use super::sample::{event_id, preparing, running};
use crate::live::Tiles;
use crate::web::pages::{around, gate, identity_strip, tile};
use clinical::course::session::Session;
use clinical::patient::Patient;
use clinical::policy::Verdict;
use clinical::record::{EventId, Role};

struct Given {
    wishes: clinical::course::wishes::Wishes,
    patient: Patient,
    session: Session,
    live: Tiles,
    gate: Option<Verdict>,
    correcting: Option<EventId>,
    role: Role,
}

impl Given {
    fn running() -> Self {
        Self {
            patient: identity_strip::sample::person(118, "Moreno", "Ana", None),
            session: running().unwrap(),
            live: tile::sample::tiles(),
            gate: None,
            correcting: None,
            wishes: clinical::course::wishes::Wishes::default(),
            role: Role::Nurse,
        }
    }

    fn preparing() -> Self {
        Self {
            session: preparing().unwrap(),
            live: tile::sample::nothing(),
            gate: Some(gate::sample()),
            ..Self::running()
        }
    }

    fn html(&self) -> String {
        let mut around = around::sample::around("/sessions/1");
        around.viewer = Some(around::Viewer {
            name: "Nora Quist",
            role: self.role,
        });
        SessionRoom {
            programme: None,
            arranged: &[],
            ahead: false,
            around,
            session: &self.session,
            patient: &self.patient,
            gate: self.gate.as_ref(),
            recoveries: &[],
            live: &self.live,
            chart: "<svg></svg>",
            predicted: None,
            monitors: &[("0200E5FFFEAB0001".to_owned(), "Monitor 7".to_owned())].into(),
            advisories_on: true,
            may_act: true,
            may_order: true,
            cards: &clinical::emergency::Cards::shipped().unwrap(),
            clinic: &clinical::clinic::Clinic::default(),
            staff: &[],
            signal_heard: None,
            wishes: &self.wishes,
            open: &[],
            reader: None,
            correcting: self.correcting,
            refused: None,
            saved: None,
        }
        .html()
    }
}

/// Every form of the page that writes to the record: its whole text.
fn writing_forms(html: &str) -> Vec<&str> {
    html.split("<form ")
        .skip(1)
        .filter(|form| form.contains("/acts\""))
        .filter_map(|form| form.split("</form>").next())
        .collect()
}

fn value_of<'a>(form: &'a str, field: &str) -> Option<&'a str> {
    form.split(&format!("name=\"{field}\" value=\""))
        .nth(1)?
        .split('"')
        .next()
}

#[test]
fn every_form_that_writes_carries_its_token_its_own_command_its_session_and_its_person() {
    // Hazard: H02
    for given in [Given::running(), Given::preparing()] {
        let html = given.html();
        let forms = writing_forms(&html);
        assert!(forms.len() >= 6, "{}", forms.len());
        let mut commands = std::collections::BTreeSet::new();
        for form in forms {
            assert_eq!(value_of(form, "csrf"), Some("sample-form-token"), "{form}");
            let session = given.session.id.to_string();
            assert_eq!(value_of(form, "session"), Some(session.as_str()), "{form}");
            let person = given.session.patient.map(|id| id.to_string());
            assert_eq!(value_of(form, "patient"), person.as_deref(), "{form}");
            let command = value_of(form, "command_id").unwrap().to_owned();
            assert!(commands.insert(command), "the same command twice: {form}");
        }
    }
}

#[test]
fn the_room_says_who_this_is_above_every_form() {
    // Hazard: H02
    let html = Given::running().html();
    let strip = html.find("aria-label=\"Who this is\"").unwrap();
    assert!(
        strip
            < html
                .find("<form method=\"post\" action=\"/sessions/")
                .unwrap()
    );
    assert!(html.contains("9 May 1984 (41\u{a0}y)"));
    assert!(html.contains("0042-118"));
    assert!(html.contains("not asked"));
    // Each panel repeats the name beside what it does.
    let panels = html.matches("class=\"panel-who\"").count();
    assert_eq!(panels, html.matches("<dialog ").count());
}

#[test]
fn a_corrected_entry_shows_both_values_and_strikes_the_first() {
    let html = Given::running().html();
    let entry = html
        .split("id=\"entry-7\"")
        .nth(1)
        .unwrap()
        .split("</li>")
        .next()
        .unwrap();
    assert!(entry.contains("<s>184/82\u{a0}mmHg"), "{entry}");
    assert!(entry.contains("<strong>148/82\u{a0}mmHg"), "{entry}");
    assert!(entry.contains("typed 8 for 4"), "{entry}");
}

#[test]
fn a_correction_form_begins_with_what_stands_now() {
    let given = Given {
        correcting: Some(event_id(7)),
        ..Given::running()
    };
    let html = given.html();
    let form = html.split("data-act=\"correct\"").nth(1).unwrap();
    assert_eq!(value_of(form, "systolic"), Some("148"));
    assert_eq!(
        value_of(form, "entry"),
        Some(event_id(7).to_string().as_str())
    );
}

#[test]
fn no_tile_is_blank_and_each_says_its_state() {
    // Hazard: H03
    let html = Given::preparing().html();
    assert_eq!(
        html.matches("<span class=\"tile-text\">--</span>").count(),
        8
    );
    assert!(!html.contains("<span class=\"tile-text\"></span>"));
    assert_eq!(html.matches("not measured yet").count(), 6);
}

#[test]
fn notices_of_one_cause_are_one_band_that_one_tap_answers() {
    // Hazard: H12
    let room = Given::running();
    let before = room.html().matches("class=\"notice ").count();
    let mut both = Given::running();
    let first = both.session.advisories.values().next().unwrap().clone();
    let mut second = first.clone();
    second.number = 2;
    for (advisory, condition) in [(first, "systolic-high"), (second, "diastolic-rise")] {
        let mut advisory = advisory;
        advisory.notice.condition = condition.to_owned();
        both.session.advisories.insert(advisory.number, advisory);
    }
    let html = both.html();
    assert_eq!(html.matches("class=\"notice ").count(), before);
    let form = html.split("data-act=\"acknowledge\"").nth(1).unwrap();
    let form = form.split("</form>").next().unwrap();
    for number in [1, 2] {
        assert!(form.contains(&format!("name=\"advisory\" value=\"{number}\"")));
    }
}

#[test]
fn what_a_monitor_charted_carries_the_name_that_staff_gave_it() {
    let mut room = Given::running();
    let entry = room.session.entries.first_mut().unwrap();
    entry.actor = clinical::record::Actor::Device {
        name: "0200E5FFFEAB0001".to_owned(),
    };
    assert!(room.html().contains("Monitor 7"));
}

#[test]
fn grave_notices_are_told_by_word_and_shape_and_not_by_colour_alone() {
    // Hazard: H46
    let html = Given::running().html();
    let notice = html.split("data-notice=\"1\"").nth(1).unwrap();
    assert!(notice.contains("!!"));
    assert!(notice.contains("medium"));
    assert!(
        html.contains("Clinic-limit notices. They do not replace the bedside monitor's alarms.")
    );
}

#[test]
fn a_closed_start_is_no_button_for_those_who_may_not_override() {
    // Hazard: H24
    let html = Given::preparing().html();
    assert!(html.contains("id=\"start-closed\""));
    assert!(!html.contains("id=\"act-start\""));
}

#[test]
fn a_prescriber_may_override_with_a_reason_what_the_rules_let_them() {
    let mut given = Given {
        role: Role::Prescriber,
        ..Given::preparing()
    };
    let mut verdict = gate::sample();
    verdict
        .findings
        .retain(|finding| finding.policy == "fasting");
    given.gate = Some(verdict);
    let html = given.html();
    assert!(html.contains("id=\"act-start\""));
    assert!(html.contains("name=\"override_reason\" rows=\"2\" required"));
}

#[test]
fn the_page_carries_no_inline_script_and_no_inline_style() {
    let html = Given::running().html();
    assert!(!html.contains(" style=\""));
    assert!(!html.contains("<script>"));
    assert!(!html.contains(" onclick"));
}

#[test]
fn what_a_person_wrote_is_shown_as_text() {
    let mut given = Given::running();
    given.session.room = "<script>alert(1)</script>".to_owned();
    let html = given.html();
    assert!(!html.contains("<script>alert"));
}

#[test]
fn the_first_load_of_a_room_is_small() {
    // 100 KB is the budget of the whole page with a two-hour chart; the page without it is this.
    assert!(Given::running().html().len() < 60_000);
}
