//! The pages: plain values in, HTML out. No store, no clock, no randomness.
//!
//! Each page is an input struct with an `html` function, beside its template. The wording is done
//! here, so that the templates only place words. Every page has a `sample` for tests.

pub mod adverse_events;
pub mod answer;
pub mod around;
pub mod board;
pub mod booking_clinic;
pub mod booking_course;
pub mod booking_feed;
pub mod booking_own;
pub mod booking_slot;
pub mod booking_visit;
pub mod check_in;
pub mod clearances;
pub mod clinic_outcomes;
pub mod clinic_outcomes_pictures;
mod clinic_outcomes_sessions;
pub mod clinic_outcomes_told;
pub mod clock_face;
pub mod consent_own;
pub mod consent_staff;
pub mod day_view;
pub mod devices;
pub mod door;
pub mod draft_form;
pub mod drill;
pub mod drug_safe;
pub mod drugs;
pub mod duty;
pub mod emergency_cards;
pub mod entry_line;
pub mod equipment;
pub mod escort;
pub mod exports;
pub mod follow_up;
pub mod follow_up_own;
pub mod frame_page;
pub mod gate;
pub mod going_home;
pub mod history_lists;
pub mod identity_strip;
pub mod imports;
pub mod integration;
pub mod integration_brief;
pub mod integration_list;
pub mod integration_own;
pub mod integration_write;
pub mod journey;
pub mod keepsakes;
pub mod late_entries;
pub mod leaflet;
pub mod letters;
pub mod monitor_labels;
pub mod my_answer;
pub mod my_frame;
pub mod my_history;
pub mod my_home;
pub mod next_step;
pub mod notes;
pub mod offline_page;
pub mod order_change;
pub mod ordering;
pub mod outcomes;
pub mod outcomes_afterwards;
pub mod outcomes_chart;
pub mod outcomes_watched;
pub mod patient_chart;
pub mod patient_history;
pub mod people;
pub mod planned_dose;
pub mod preparation;
pub mod preparation_medicine;
pub mod preparation_open;
pub mod prior_authorisation;
pub mod private_notes;
pub mod programme;
pub mod qr_code;
pub mod quarantine;
pub mod readers;
pub mod readiness;
pub mod recovery_look;
pub mod registration;
pub mod review;
pub mod review_list;
pub mod rule;
pub mod rule_change;
pub mod rules_page;
pub mod scales;
pub mod scales_own;
pub mod session_drug;
pub mod session_pack;
pub mod session_room;
pub mod sign_in;
pub mod signal;
pub mod signal_words;
pub mod superbill;
pub mod supposed;
pub mod surveillance;
pub mod take_away;
pub mod tile;
pub mod trust;
pub mod unassigned;
pub mod week_view;
pub mod wishes;

use askama::Template;

/// A template as text.
///
/// Writing into memory does not fail; if it ever did, the person is told so and nothing is blank.
fn written(template: &impl Template) -> String {
    template
        .render()
        .unwrap_or_else(|_| "<p>This part of the page could not be shown.</p>".to_owned())
}
