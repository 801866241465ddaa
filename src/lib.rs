//! LearnR
