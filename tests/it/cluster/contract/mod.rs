//! What every adapter of the directory has to do, called once for each of them.
//!
//! An adapter joins with one line in its own test module: `directory_contract!(place())`, or with `all(&place)` in one test.

mod entries;
mod leases;

use std::sync::Arc;

use learnr::cluster::{Directory, Lease, Load, Member};

pub(crate) use entries::*;
pub(crate) use leases::*;

/// A directory that is empty, and how time passes in it.
pub(crate) trait Place {
    fn directory(&self) -> Arc<dyn Directory>;

    /// Lets the lease of an instance run out, having seen that it would.
    async fn outlive(&self, node: &str);
}

/// Makes one test of each case of the contract, and `all` of them for a place that takes long to make.
macro_rules! cases {
    ($($case:ident,)*) => {
        /// Every case, one after the other: they use different names.
        pub(crate) async fn all(place: &impl Place) {
            $($case(place).await;)*
        }
    };
}

cases! {
    a_lease_is_held_by_one_life,
    a_lease_runs_out_and_is_anybodys,
    only_the_life_that_holds_a_lease_gives_it_up,
    leases_tell_all_that_was_said,
    lives_that_differ_only_in_the_last_bit_are_two,
    every_lease_is_listed_by_name_until_it_runs_out,
    an_entry_is_noted_and_found,
    an_earlier_epoch_does_not_replace_a_later_one,
    only_an_entry_that_still_says_so_is_erased,
    names_of_any_kind_are_kept_apart,
}

macro_rules! directory_contract {
    ($place:expr) => {
        directory_contract! { $place =>
            a_lease_is_held_by_one_life,
            a_lease_runs_out_and_is_anybodys,
            only_the_life_that_holds_a_lease_gives_it_up,
            leases_tell_all_that_was_said,
            lives_that_differ_only_in_the_last_bit_are_two,
            every_lease_is_listed_by_name_until_it_runs_out,
            an_entry_is_noted_and_found,
            an_earlier_epoch_does_not_replace_a_later_one,
            only_an_entry_that_still_says_so_is_erased,
            names_of_any_kind_are_kept_apart,
        }
    };
    ($place:expr => $($case:ident,)*) => {
        mod contract {
            $(
                #[tokio::test]
                async fn $case() {
                    let Some(place) = $place.await else {
                        return;
                    };
                    crate::cluster::contract::$case(&place).await;
                }
            )*
        }
    };
}

pub(crate) use directory_contract;

/// What an instance says of itself in one of its lives.
pub(crate) fn lease(node: &str, incarnation: i64) -> Lease {
    Lease {
        member: Member {
            node: node.to_owned(),
            incarnation,
            address: "127.0.0.1:1".to_owned(),
        },
        beat: 1,
        draining: false,
        version: "0.1.0".to_owned(),
        secret_fingerprint: "f".to_owned(),
        http_address: "127.0.0.1:8080".to_owned(),
        load: Load::default(),
    }
}
