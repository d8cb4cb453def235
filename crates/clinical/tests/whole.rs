//! All tests of the core from outside, as one program: linked once, and small on disk. A test file
//! is a module of this one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod booking_book;
mod booking_decisions;
mod booking_proposals;
mod case_table;
mod clearance_requests;
mod clearance_times;
mod consent_decide;
mod consent_in_force;
mod consent_texts;
mod drug_ledger;
mod drug_safe;
mod emergency_cards;
mod follow_up_flags;
mod follow_up_plan;
mod follow_up_surveillance;
mod instrument_cases;
mod instrument_licences;
mod instrument_own_files;
mod instrument_properties;
mod intake_history;
mod leaflets;
mod message_sending;
mod policy_cases;
mod preparation_timeline;
mod reading_age;
mod reference_scenarios;
mod screening_acceptance;
mod screening_people;
mod screening_policies;
mod screening_properties;
mod screening_scenarios;
mod screening_standing;
mod session_afterwards;
mod session_cards;
mod session_course;
mod session_delivered;
mod session_doses;
mod session_experience;
mod session_gates;
mod session_order_change;
mod session_order_limits;
mod session_properties;
mod session_signal;
mod session_visit;
