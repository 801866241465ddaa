//! What every adapter of the store has to do, called once for each of them.
//!
//! An adapter joins with one line in its own test module: `store_contract!(crate::a::place())`.

pub(crate) mod account_changes;
pub(crate) mod account_deletion;
pub(crate) mod accounts;
pub(crate) mod appends;
pub(crate) mod at_provider;
pub(crate) mod catalogue;
pub(crate) mod claims;
pub(crate) mod endings;
pub(crate) mod history;
pub(crate) mod keeping;
pub(crate) mod leaving;
pub(crate) mod reminders;
pub(crate) mod roles;
pub(crate) mod rollups;
pub(crate) mod sessions;
pub(crate) mod sign_ins;
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
                what_a_session_begins_from_is_told_on_a_device_that_is_signed_in,
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
            accounts: [
                a_guest_who_registers_keeps_their_id,
                who_was_no_guest_becomes_a_new_learner,
                who_asks_for_an_account_in_anothers_name_has_no_part_in_it,
                an_account_is_not_made_without_a_password,
                a_guest_who_has_an_account_by_now_is_not_given_another,
                a_mail_is_confirmed_once_for_its_purpose_and_in_time,
                of_confirmations_at_once_exactly_one_does_what_was_asked,
                of_accounts_made_at_once_one_gets_the_address,
                an_address_taken_meanwhile_is_said_once,
                a_later_mail_takes_the_place_of_an_earlier_one,
                what_mails_ask_for_is_told_to_whose_it_is_while_it_can_be_used,
            ]
            at_provider: [
                who_comes_first_gets_an_account_and_the_same_ever_after,
                a_guest_who_signs_in_at_a_provider_keeps_their_id,
                an_account_with_the_address_is_joined_and_its_owner_keeps_the_password,
                nobody_is_joined_to_an_account_that_may_do_more_than_learn,
                of_sign_ins_at_once_one_makes_the_account,
                who_deleted_their_account_is_a_stranger,
            ]
            sign_ins: [
                devices_are_listed_latest_used_first_while_they_last,
                nobody_signs_in_without_an_account,
                nobody_signs_in_by_a_password_that_was_changed_meanwhile,
                a_spent_token_gives_another_within_the_leeway_and_ends_its_sign_in_after,
                a_spent_token_gives_another_in_place_of_what_nobody_has_used,
                who_has_what_another_took_the_place_of_ends_the_sign_in_at_once,
                uses_of_one_token_at_once_each_get_another,
                of_uses_of_one_token_at_once_exactly_one_is_last,
                what_is_unknown_or_has_run_out_gives_nothing,
                the_device_used_longest_ago_goes_when_there_are_too_many,
                a_device_is_signed_out_by_its_learner_alone,
                what_has_run_out_is_swept_a_few_at_a_time,
            ]
            roles: [
                a_role_is_granted_and_taken_and_each_change_written_down_once,
                grants_at_once_are_one_grant,
                a_role_is_not_taken_from_the_last_who_has_it,
                authors_are_entered_for_a_certification_and_struck_out,
                people_are_paged_by_address_then_by_id,
                people_are_found_by_a_part_of_their_address_or_name,
                people_are_told_with_their_roles_and_without_their_passwords,
                what_admins_did_is_told_latest_first,
            ]
            keeping: [
                what_one_learner_keeps_is_told_whole_and_nothing_of_anothers,
                preferences_are_written_whole,
                a_mark_keeps_its_first_time_and_takes_another_note,
                marks_are_paged_by_item,
                a_report_takes_the_place_of_what_was_said_of_the_same_version,
                reports_are_paged_latest_first,
            ]
            reminders: [
                who_is_to_be_reminded_is_claimed_once_a_day,
                who_was_reminded_is_left_in_peace_whatever_they_change,
                claims_of_reminders_at_once_share_them_out,
                a_claim_is_moved_unless_it_was_changed_and_ends_for_good,
            ]
            account_changes: [
                a_password_reset_ends_every_sign_in_and_what_other_mails_asked_for,
                a_password_changed_keeps_the_device_that_changed_it,
                a_password_that_is_another_by_now_is_not_changed,
                a_password_reset_ends_what_providers_know_the_account_by,
                who_is_shut_out_is_known_by_no_provider_but_where_nothing_else_is_left,
                an_identity_is_dropped_by_its_learner_but_the_last_way_in,
                an_address_changes_by_a_mail_to_it_and_mails_to_the_old_one_are_worth_nothing,
                the_same_password_hashed_anew_signs_nobody_out,
                a_name_is_changed_and_a_guest_has_none,
            ]
            account_deletion: [
                a_deleted_account_leaves_nothing_but_reports_that_name_nobody,
                two_deleted_accounts_may_have_said_the_same,
                what_a_deleted_account_said_is_kept_for_a_year,
                nothing_is_kept_for_who_has_gone,
                an_account_made_while_its_learner_is_deleted_is_gone,
                a_device_signed_in_while_its_learner_is_deleted_is_gone,
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
