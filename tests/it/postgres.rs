//! What tests of PostgreSQL are run with does what it says: databases, clusters that die and come back, standbys, poolers.
//! A fault that does not happen would prove anything.

mod clusters;
mod databases;
mod standbys;
