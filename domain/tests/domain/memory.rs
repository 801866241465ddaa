//! What a live session weighs.

use crate::fixture::{Player, bank, diagnostic, practice};

#[test]
fn six_areas_and_thirty_answers_stay_under_eight_kibibytes() {
    let bank = bank(300, &[0.25, 0.2, 0.2, 0.15, 0.1, 0.1], 1);
    for settings in [practice(40), diagnostic(40)] {
        let mut player = Player::start(&bank, settings, 2);
        for turn in 0..30 {
            player.play(turn % 3 != 0);
        }
        assert!(
            player
                .session
                .competency()
                .iter()
                .all(|area| area.answers > 0)
        );
        let bytes = size_of_val(&player.session) + player.session.heap_bytes();
        println!("state of a session: {bytes} bytes");
        assert!(bytes <= 8 * 1024, "{bytes} bytes");
    }
}

#[test]
fn untouched_areas_store_nothing() {
    let bank = bank(640, &[1.0; 64], 1);
    let mut player = Player::start(&bank, practice(10), 2);
    player.play(true);
    assert!(
        player.session.heap_bytes() < 4 * 1024,
        "{}",
        player.session.heap_bytes()
    );
}
