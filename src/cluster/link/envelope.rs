//! How commands are laid out in messages. Owns the bytes of a link. Must not know who sends them.
