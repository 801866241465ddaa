//! How the SQLite store answers for accounts when it does not hear of its commit and tries again.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use learnr::store::sqlite::{Faults, SqliteOptions, SqliteStore};
use learnr::store::{Accounts, Confirmed, MailPurpose, ProviderAccount, RoleName, Rotation, Store};

use super::contract::accounts::{EMAIL, confirmation, hash, mail, registered_as};
use super::contract::at_provider::{arriving, made_for};
use super::contract::keeping::bookmark;
use super::contract::roles::entry;
use super::contract::sign_ins::device;
use super::fixture::{CERTIFICATION, Fixture, NOW};
use super::sqlite::Directory;
use super::sqlite_faults::{NEVER, refusing};

/// A store whose disk fails as it is told to.
struct Scene {
    fixture: Fixture,
    directory: Directory,
    failing: Arc<AtomicBool>,
    unheard: Arc<AtomicU32>,
}

async fn scene() -> Scene {
    let directory = Directory::new();
    let (failing, unheard) = (Arc::default(), Arc::default());
    let options = SqliteOptions {
        retry_limit: NEVER,
        faults: Faults {
            commits_failing: Some(Arc::clone(&failing)),
            commits_unheard: Some(Arc::clone(&unheard)),
            ..Faults::default()
        },
    };
    let store = SqliteStore::open(&directory.file(), options).expect("opens");
    Scene {
        fixture: Fixture::over(Arc::new(store)).await,
        directory,
        failing,
        unheard,
    }
}

impl Scene {
    /// What a call answers whose first commit is done and not heard of.
    async fn unheard<T>(&self, call: impl Future<Output = T>) -> T {
        self.unheard.store(1, Ordering::SeqCst);
        let answer = call.await;
        assert_eq!(self.unheard.load(Ordering::SeqCst), 0, "a commit was lost");
        answer
    }

    /// What a call answers that another process comes before, after an attempt of it was undone.
    async fn overtaken<T>(
        &self,
        call: impl Future<Output = T>,
        by: impl AsyncFnOnce(&SqliteStore),
    ) -> T {
        self.failing.store(true, Ordering::SeqCst);
        let other = async {
            refusing(&*self.fixture.store).await;
            let options = SqliteOptions::default();
            let other = SqliteStore::open(&self.directory.file(), options).expect("opens");
            by(&other).await;
            other.close().await;
            self.failing.store(false, Ordering::SeqCst);
        };
        tokio::join!(call, other).0
    }
}

#[tokio::test]
async fn accounts_are_made_by_the_attempt_nobody_heard_of() {
    let scene = scene().await;
    let (store, learner) = (&scene.fixture.store, scene.fixture.learner);
    let asked = mail(MailPurpose::Register, Some(learner), EMAIL);
    scene.fixture.mailed(1, asked).await;
    let read = confirmation(1, MailPurpose::Register, Some(learner));
    let confirmed = scene.unheard(store.confirm(read)).await;
    let account = registered_as(learner, EMAIL);
    assert_eq!(
        confirmed.expect("answered"),
        Confirmed::Account(account.clone())
    );
    let joins = arriving("ada", Some(EMAIL));
    let joined = scene.unheard(store.account_at_provider(joins)).await;
    assert_eq!(joined.expect("answered"), ProviderAccount::Joined(account));
    let new = arriving("bob", Some("bob@example.org"));
    let expected = ProviderAccount::Made(made_for(new.fresh, Some("bob@example.org")));
    let made = scene.unheard(store.account_at_provider(new)).await;
    assert_eq!(made.expect("answered"), expected);
}

#[tokio::test]
async fn what_was_ended_taken_or_written_down_is_so_once() {
    let scene = scene().await;
    let (store, learner) = (&scene.fixture.store, scene.fixture.learner);
    scene.fixture.register(255, EMAIL).await;
    for (granted, ms) in [(true, 1), (false, 2)] {
        let set = store.set_role(learner, RoleName::Admin, granted, entry(ms, "role"));
        assert_eq!(scene.unheard(set).await.expect("answered"), Some(true));
        let set = store.set_author(learner, CERTIFICATION, granted, entry(ms, "author"));
        assert_eq!(scene.unheard(set).await.expect("answered"), Some(true));
    }
    let written = scene.unheard(store.add_audit(entry(3, "looked"))).await;
    written.expect("answered");
    let actions: Vec<_> = scene.fixture.audited().await;
    let actions: Vec<_> = actions.iter().map(|entry| &*entry.action).collect();
    assert_eq!(actions, ["looked", "author", "role", "author", "role"]);
    for byte in [1, 2] {
        scene.fixture.signed_in(device(learner, byte)).await;
    }
    let ended = scene.unheard(store.sign_out(learner, None)).await;
    assert_eq!(ended.expect("answered"), 2);
    scene.fixture.signed_in(device(learner, 3)).await;
    let used = scene
        .unheard(store.rotate(hash(3), hash(4), NOW + 1, 0))
        .await;
    assert!(matches!(used, Ok(Rotation::Rotated { .. })), "{used:?}");
    let used = store.rotate(hash(4), hash(5), NOW + 2, 0).await;
    assert!(matches!(used, Ok(Rotation::Rotated { .. })), "{used:?}");
    let reused = scene
        .unheard(store.rotate(hash(3), hash(6), NOW + 3, 0))
        .await;
    assert_eq!(reused.expect("answered"), Rotation::Reused { learner });
    let saved = store.save_bookmark(learner, bookmark("q1", "", 0)).await;
    assert!(saved.expect("answered"));
    let dropped = store.drop_bookmark(learner, CERTIFICATION, "q1");
    assert!(scene.unheard(dropped).await.expect("answered"));
}

#[tokio::test]
async fn an_attempt_that_was_undone_is_not_the_answer_when_another_process_came_between() {
    let scene = scene().await;
    let store = &scene.fixture.store;
    let asked = mail(MailPurpose::Register, None, EMAIL);
    scene.fixture.mailed(1, asked).await;
    let read = confirmation(1, MailPurpose::Register, None);
    let theirs = confirmation(1, MailPurpose::Register, None);
    let confirmed = scene.overtaken(store.confirm(read), async move |other: &SqliteStore| {
        let confirmed = other.confirm(theirs).await.expect("answered");
        assert!(matches!(confirmed, Confirmed::Account(_)));
    });
    assert_eq!(confirmed.await.expect("answered"), Confirmed::Unknown);
    let new = arriving("bob", None);
    let theirs = arriving("bob", None);
    let account = made_for(theirs.fresh, None);
    let known = scene.overtaken(
        store.account_at_provider(new),
        async move |other: &SqliteStore| {
            let made = other.account_at_provider(theirs).await;
            assert!(matches!(made, Ok(ProviderAccount::Made(_))));
        },
    );
    let known = known.await.expect("answered");
    assert_eq!(known, ProviderAccount::Known(account));
}
