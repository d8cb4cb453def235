//! What every engine must do, in one suite that runs on all of them.
//!
//! Each sentence is a function in a module here; the macro below makes it a test on memory, on
//! SQLite and on PostgreSQL.

// Tests say what went wrong by failing.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "conformance/course.rs"]
mod course;
#[path = "conformance/frames.rs"]
mod frames;
#[path = "conformance/identity.rs"]
mod identity;
#[path = "conformance/log.rs"]
mod log;
#[path = "conformance/model.rs"]
mod model;
#[path = "conformance/projections.rs"]
mod projections;
#[path = "conformance/samples.rs"]
mod samples;
#[path = "conformance/world.rs"]
mod world;

macro_rules! on_every_engine {
    ($($module:ident: $($sentence:ident),* $(,)?;)*) => {
        mod on_memory {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $sentence() {
                    crate::$module::$sentence(crate::world::memory().await).await;
                }
            )*)*
        }
        mod on_sqlite {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $sentence() {
                    crate::$module::$sentence(crate::world::sqlite().await).await;
                }
            )*)*
        }
        mod on_postgres {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $sentence() {
                    crate::$module::$sentence(crate::world::postgres().await).await;
                }
            )*)*
        }
    };
}

on_every_engine! {
    log:
        a_decision_is_appended_whole,
        a_conflict_leaves_no_trace,
        a_repeated_command_is_answered_the_same_and_does_nothing,
        a_command_sent_fifty_times_at_once_is_executed_once,
        a_refusal_can_be_remembered_without_an_event,
        two_clinicians_on_one_stream_never_overwrite_each_other,
        positions_have_no_gaps_however_many_write_at_once,
        a_reader_never_sees_half_a_decision,
        a_write_that_fails_takes_no_other_with_it,
        tenants_do_not_see_each_other,
        whoever_listens_hears_of_each_commit,
        a_sound_log_is_proved_and_its_root_is_the_tree_of_its_leaves,
        who_did_what_is_listed_newest_first,
        who_read_one_record_is_listed_without_anybody_elses;
    projections:
        what_was_rebuilt_from_zero_has_the_same_digest,
        a_rebuild_on_an_old_log_changes_nothing,
        sessions_are_listed_by_state_and_person,
        people_are_found_by_the_beginning_of_name_or_number,
        a_search_finds_by_person_code_and_date_in_order,
        a_search_with_several_conditions_finds_what_fulfils_all_of_them,
        a_search_finds_what_lasts_by_its_beginning_and_its_end,
        a_search_goes_along_the_changes_when_asked,
        pages_of_a_search_have_no_gap_and_no_repetition,
        a_removed_resource_is_not_found;
    course:
        what_is_due_first_comes_first_and_what_is_due_never_last,
        a_row_of_the_way_is_replaced_whole_and_can_be_taken_away,
        everything_on_one_persons_way_is_theirs,
        a_document_is_kept_under_the_digest_of_its_bytes,
        a_link_lets_one_in_once,
        a_patients_way_in_ends_when_it_is_ended_or_over;
    frames:
        a_frame_is_there_when_it_was_answered,
        what_was_made_of_a_frame_is_listed_and_can_be_made_again,
        unassigned_frames_are_grouped_by_device,
        old_frames_are_forgotten;
    samples:
        samples_come_back_as_they_were,
        minutes_can_be_derived_again;
    identity:
        an_account_is_found_whatever_the_case,
        a_username_belongs_to_one_account,
        a_sign_in_begins_and_ends,
        programs_tokens_throttles_and_settings_are_kept;
}

#[tokio::test]
async fn an_address_of_no_engine_is_refused_without_repeating_it() {
    let Err(fault) = store::open("mysql://user:secret@host/clinic").await else {
        panic!("it was opened");
    };
    assert!(!fault.to_string().contains("secret"));
}
