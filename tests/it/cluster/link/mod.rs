//! The internal link between instances: what crosses it, who is let in, and what its losses look like at both ends.

mod channels;
mod credit;
mod losses;
mod node;
mod protocol;
mod strangers;
