//! Providers that write times and truth as text.

use super::provider::{ADA, Person};
use super::scene;

#[actix_rt::test]
async fn what_a_provider_writes_as_text_counts_as_what_it_means() {
    let Some(scene) = scene("what_a_provider_writes_as_text_counts_as_what_it_means").await else {
        return;
    };
    for (fault, sub, email, counts) in [
        ("text", "ada", "ada@example.org", true),
        ("text-when-asked", "bob", "bob@example.org", true),
        ("text-false", "eve", "eve@example.org", false),
    ] {
        let person = Person { sub, email, ..ADA };
        scene.provider.person(&person).await;
        scene.provider.fault(fault).await;
        let device = scene.device(None).await;
        let account = scene.account(&device.token).await;
        assert_eq!(account.email.as_deref(), counts.then_some(email), "{fault}");
    }
    scene.server.stop().await;
}
