//! Who is in the fleet and where sessions are: the directory's contract, and being a member.

mod contract;
mod link;
mod local;
mod membership;
mod model;
mod redis;
mod redis_cluster;
mod redis_refusals;
mod shared;
