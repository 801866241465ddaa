//! What every adapter of the store has to do, called once for each of them.
//!
//! An adapter joins with one line in its own test module: `store_contract!(crate::a::place())`.

pub(crate) mod appends;
pub(crate) mod catalogue;
pub(crate) mod claims;
pub(crate) mod endings;
pub(crate) mod history;
pub(crate) mod leaving;
pub(crate) mod rollups;
pub(crate) mod sessions;
pub(crate) mod whole_sessions;

/// Makes one test of each case of the contract, against what `$place` opens.
macro_rules! store_contract {
    ($place:expr) => {
        store_contract! { $place =>
            appends: [
                rows_stored_are_loaded_equal,
                places_of_a_session_have_no_gap,
                appends_of_one_session_keep_their_order,
                an_append_under_an_older_epoch_is_fenced,
                an_append_under_another_claim_of_the_epoch_is_fenced,
                the_same_rows_twice_are_stored_once,
                rows_stored_before_a_takeover_are_still_stored_when_handed_over_again,
                another_event_in_a_taken_place_is_fenced,
                a_repeated_request_id_is_rejected_without_harming_its_neighbours,
                an_append_is_stored_whole_or_not_at_all,
                an_append_that_makes_no_sense_is_rejected,
                an_append_to_no_session_is_rejected,
                stored_answers_are_listed_in_order_those_of_an_exam_too,
            ]
            claims: [
                of_claims_at_once_exactly_one_wins,
                a_claim_repeated_is_the_same_claim,
                an_append_behind_a_claim_is_fenced,
                a_load_after_a_claim_sees_everything_acknowledged,
                only_the_holder_releases_a_session,
                an_unknown_session_cannot_be_claimed,
            ]
            sessions: [
                a_session_is_created_with_its_first_event,
                a_learner_has_one_open_session_of_a_kind,
                sessions_created_at_once_are_one,
                a_creation_repeated_is_the_same_session,
                a_session_of_an_unknown_version_is_rejected_whole,
                open_sessions_are_the_learners_own_newest_first,
                sessions_past_their_deadline_are_found_earliest_first,
                one_identity_is_one_learner_however_many_ask_at_once,
                a_learner_is_granted_more_time,
                what_a_session_begins_from_is_told_at_once,
                a_closed_store_keeps_everything_and_takes_nothing,
                sessions_of_a_certification_are_listed_with_who_vouches_for_their_learners,
                the_databases_clock_and_schema_are_told,
            ]
            endings: [
                an_ending_its_status_and_its_job_are_one,
                a_fenced_ending_changes_nothing,
                a_status_changes_without_a_row,
                ended_sessions_are_listed_in_the_order_they_are_folded,
                a_learner_state_is_saved_over_the_one_it_was_made_from,
                a_job_is_leased_to_one_and_comes_back_later,
                a_failed_job_is_tried_again_or_given_up,
                a_sweep_adds_the_jobs_that_are_missing,
            ]
            leaving: [
                a_deleted_learner_leaves_answers_that_name_nobody,
                a_deletion_repeated_finds_nobody,
                nothing_is_stored_for_a_deleted_learner,
                a_batch_in_flight_is_stored_before_a_deletion_or_not_at_all,
                a_claim_in_flight_holds_nothing_after_a_deletion,
                sessions_created_while_their_learner_is_deleted_name_nobody_or_are_not_there,
                a_roll_up_in_flight_names_nobody_after_a_deletion,
                a_state_folded_while_its_learner_is_deleted_is_not_stored,
                jobs_of_a_deleted_learner_can_be_finished,
                a_learner_is_read_whole,
            ]
            catalogue: [
                a_version_is_stored_once_and_loaded_equal,
                a_new_version_becomes_current_and_leaves_the_old_one,
                a_calibration_is_kept_with_its_version_until_another_takes_its_place,
                a_version_is_stored_whole_or_not_at_all,
                a_certification_stays_with_its_organization,
                exposure_counts_are_saved_over_those_they_were_made_from,
            ]
            history: [
                sessions_are_paged_newest_first_while_others_are_added,
                sessions_are_narrowed_to_a_certification_and_a_status,
                answers_of_a_session_are_told_in_order,
                days_are_cut_where_the_learner_is,
                the_last_ability_of_a_day_stays_whichever_session_comes_first,
                the_hardest_concepts_come_first_and_few_answers_weigh_little,
            ]
            rollups: [
                a_session_is_rolled_up_once,
                a_session_that_adds_nothing_is_marked_all_the_same,
                what_a_deleted_account_did_not_add_is_never_added,
                of_roll_ups_at_once_exactly_one_counts,
                items_add_up_and_are_paged_by_id,
                learners_are_paged_by_their_latest_session,
                answers_are_exported_by_the_end_of_their_session,
            ]
            whole_sessions: [
                sessions_come_in_whole_and_leave_equal,
                an_imported_session_goes_on,
                a_stores_own_sessions_come_back_unchanged,
                what_does_not_fit_is_refused_and_its_neighbours_are_stored,
                another_learners_session_and_a_second_open_one_are_refused,
                sessions_of_a_deleted_account_keep_their_tombstone,
            ]
        }
    };
    ($place:expr => $($group:ident: [$($case:ident,)*])*) => {$(
        mod $group {
            $(
                #[tokio::test]
                async fn $case() {
                    let place = $place;
                    if crate::store::fixture::Place::is_left_out(&place) {
                        return;
                    }
                    crate::store::contract::$group::$case(&place).await;
                }
            )*
        }
    )*};
}

pub(crate) use store_contract;
