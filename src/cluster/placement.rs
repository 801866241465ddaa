//! Where a session is to run, decided without doing anything: `step(state, event) -> effect`.
//!
//! Owns the order of questions that one instance asks before it claims a session: the directory, the store's row, the owner's lease,
//! the owner itself. Must not be relied on for safety: whatever is answered here, late, wrong or never, the epoch at the store decides
//! who may write. What this owes is progress: every placement ends after at most [`EFFECTS_MAX`] effects.

use super::member::{Entry, Lease, Member};

/// Claims tried while others claim the same session.
pub const CLAIMS_MAX: u32 = 4;
/// Effects that one placement asks for at most, whatever it is told.
pub const EFFECTS_MAX: u32 = 1 + CLAIMS_MAX * (ASKED_MAX as u32 * 3 + 3);
/// Owners asked between two claims: those that the directory, the row and the row behind that named.
const ASKED_MAX: usize = 3;

/// Why the session is wanted here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// A learner is here with a socket: the session follows them, or they are relayed to it.
    Socket,
    /// Its deadline has passed: only if nobody alive owns it.
    Deadline,
}

/// What an instance was asked, and answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reply {
    /// Other sockets hold the session there: ours is to be relayed to it.
    Holds,
    /// It has the session, and our question does not move it.
    Stays,
    /// It has let the session go, or did not have it.
    LetGo,
    /// Nobody of that incarnation is at its address: it is dead.
    Dead,
    /// No answer in time: it may be alive, cut off from us.
    Silent,
}

/// What a directory knows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Looked<T> {
    /// This.
    Found(T),
    /// That there is nothing.
    Nothing,
    /// It cannot say: it is down, or what is there cannot be read.
    Unknown,
}

/// What has come of the last effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Of [`Effect::ReadEntry`].
    Entry(Looked<Entry>),
    /// Of [`Effect::ReadLease`].
    Lease(Looked<Box<Lease>>),
    /// Of [`Effect::ReadRow`]: the owner of record, and the epoch.
    Row {
        /// Who claimed it last and has not released it.
        owner: Option<Member>,
        /// Under which epoch.
        epoch: i64,
    },
    /// Of [`Effect::Ask`].
    Replied(Reply),
    /// Of [`Effect::Claim`]: whether it was ours; if not, somebody else was faster.
    Claimed(bool),
}

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Look the session up in the directory.
    ReadEntry,
    /// Look an instance up in the directory.
    ReadLease(String),
    /// Read the session's row from the store.
    ReadRow,
    /// Ask an instance for the session.
    Ask(Member),
    /// Claim it if its epoch is still this.
    Claim {
        /// The epoch that was read.
        seen: i64,
    },
    /// Done: it is ours.
    Run,
    /// Done: the connection is relayed to this instance.
    Relay(Member),
    /// Done: somebody alive has it, and it is to stay there.
    Leave,
    /// Done: others keep claiming it. Whoever wants it comes back later.
    GiveUp,
}

/// A placement under way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Placement {
    node: String,
    incarnation: i64,
    purpose: Purpose,
    claims: u32,
    /// Those asked since the last claim that will not serve the session: dead, gone silent, or without it.
    out: Vec<(String, i64)>,
    waits: Waits,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Waits {
    Entry,
    /// The lease of whoever the directory named.
    EntryLease(Entry),
    Row,
    /// The lease of whoever the row named.
    OwnerLease {
        owner: Member,
        epoch: i64,
    },
    Reply(Member),
    Claim,
}

impl Placement {
    /// A placement by the instance `node` in its life `incarnation`, where the session is not live, and its first effect.
    #[must_use]
    pub fn begin(node: &str, incarnation: i64, purpose: Purpose) -> (Self, Effect) {
        let placement = Self {
            node: node.to_owned(),
            incarnation,
            purpose,
            claims: 0,
            out: Vec::new(),
            waits: Waits::Entry,
        };
        (placement, Effect::ReadEntry)
    }

    /// What follows from what has come. An event that nobody waits for starts again from the row: no order of events leads nowhere.
    pub fn step(&mut self, event: Event) -> Effect {
        match (std::mem::replace(&mut self.waits, Waits::Row), event) {
            (Waits::Entry, Event::Entry(Looked::Found(entry)))
                if self.may_own(&entry.node, entry.incarnation) =>
            {
                let node = entry.node.clone();
                self.waits = Waits::EntryLease(entry);
                Effect::ReadLease(node)
            }
            (Waits::EntryLease(entry), Event::Lease(Looked::Found(lease)))
                if lease.member.is(&entry.node, entry.incarnation) && !lease.draining =>
            {
                self.ask(lease.member)
            }
            (Waits::Row, Event::Row { owner, epoch }) => self.row(owner, epoch),
            (Waits::OwnerLease { owner, epoch }, Event::Lease(looked)) => match looked {
                Looked::Found(lease)
                    if lease.member.is(&owner.node, owner.incarnation) && !lease.draining =>
                {
                    // Where it says it is now, which is where the row says unless it moved.
                    self.ask(lease.member)
                }
                Looked::Found(_) | Looked::Nothing => self.claim(epoch),
                Looked::Unknown => self.ask(owner),
            },
            (Waits::Reply(member), Event::Replied(reply)) => self.replied(member, reply),
            (Waits::Claim, Event::Claimed(true)) => Effect::Run,
            (Waits::Claim, Event::Claimed(false)) => {
                if self.claims >= CLAIMS_MAX {
                    return Effect::GiveUp;
                }
                self.out.clear();
                Effect::ReadRow
            }
            _ => Effect::ReadRow,
        }
    }

    fn row(&mut self, owner: Option<Member>, epoch: i64) -> Effect {
        match owner {
            Some(owner) if self.may_own(&owner.node, owner.incarnation) => {
                let node = owner.node.clone();
                self.waits = Waits::OwnerLease { owner, epoch };
                Effect::ReadLease(node)
            }
            _ => self.claim(epoch),
        }
    }

    fn replied(&mut self, member: Member, reply: Reply) -> Effect {
        match (reply, self.purpose) {
            (Reply::Holds, _) => Effect::Relay(member),
            (Reply::Stays, _) | (Reply::Silent, Purpose::Deadline) => Effect::Leave,
            // A silent owner is claimed from as a dead one is: the learner is here, and at the store only one of both can write.
            (Reply::LetGo | Reply::Dead | Reply::Silent, _) => {
                self.out.push((member.node, member.incarnation));
                Effect::ReadRow
            }
        }
    }

    fn ask(&mut self, member: Member) -> Effect {
        self.waits = Waits::Reply(member.clone());
        Effect::Ask(member)
    }

    fn claim(&mut self, seen: i64) -> Effect {
        self.claims += 1;
        self.waits = Waits::Claim;
        Effect::Claim { seen }
    }

    /// Whether an instance may have the session as far as is known: another than this, and not one that was asked in vain. Of this
    /// instance's own lives the present one does not have it, and none before it lives.
    fn may_own(&self, node: &str, incarnation: i64) -> bool {
        node != self.node
            && self.out.len() < ASKED_MAX
            && !self
                .out
                .iter()
                .any(|(name, life)| name == node && *life == incarnation)
    }
}

#[cfg(test)]
mod tests {
    use super::super::member::Load;
    use super::*;

    fn member(node: &str) -> Member {
        Member {
            node: node.to_owned(),
            incarnation: 7,
            address: format!("{node}:1"),
        }
    }

    fn lease(node: &str, incarnation: i64, draining: bool) -> Event {
        Event::Lease(Looked::Found(Box::new(Lease {
            member: Member {
                incarnation,
                ..member(node)
            },
            beat: 1,
            draining,
            version: String::new(),
            secret_fingerprint: String::new(),
            http_address: String::new(),
            load: Load::default(),
        })))
    }

    fn row(owner: Option<&str>) -> Event {
        Event::Row {
            owner: owner.map(member),
            epoch: 3,
        }
    }

    fn entry(node: &str) -> Event {
        Event::Entry(Looked::Found(Entry {
            node: node.to_owned(),
            incarnation: 7,
            epoch: 3,
        }))
    }

    fn ask(node: &str) -> Effect {
        Effect::Ask(member(node))
    }

    fn read_lease(node: &str) -> Effect {
        Effect::ReadLease(node.to_owned())
    }

    const CLAIM: Effect = Effect::Claim { seen: 3 };

    /// One placement of instance `a` for a socket: each event, and the effect that must follow from it.
    fn check(steps: Vec<(Event, Effect)>) {
        check_for(Purpose::Socket, steps);
    }

    fn check_for(purpose: Purpose, steps: Vec<(Event, Effect)>) {
        let (mut placement, first) = Placement::begin("a", 1, purpose);
        assert_eq!(first, Effect::ReadEntry);
        for (event, expected) in steps {
            assert_eq!(placement.step(event.clone()), expected, "after {event:?}");
        }
    }

    #[test]
    fn a_session_nobody_owns_is_claimed() {
        check(vec![
            (Event::Entry(Looked::Nothing), Effect::ReadRow),
            (row(None), CLAIM),
            (Event::Claimed(true), Effect::Run),
        ]);
    }

    #[test]
    fn a_live_owner_is_asked_and_relays_or_lets_go() {
        let asked = vec![
            (entry("b"), read_lease("b")),
            (lease("b", 7, false), ask("b")),
        ];
        let mut relayed = asked.clone();
        relayed.push((Event::Replied(Reply::Holds), Effect::Relay(member("b"))));
        check(relayed);
        for reply in [Reply::LetGo, Reply::Dead, Reply::Silent] {
            let mut claimed = asked.clone();
            claimed.extend([
                (Event::Replied(reply), Effect::ReadRow),
                // What the row still says of it is not asked again.
                (row(Some("b")), CLAIM),
                (Event::Claimed(true), Effect::Run),
            ]);
            check(claimed);
        }
    }

    #[test]
    fn a_dead_or_draining_owner_is_claimed_from_after_a_look_at_the_row() {
        for gone in [
            Event::Lease(Looked::Nothing),
            lease("b", 8, false),
            lease("b", 7, true),
        ] {
            check(vec![
                (entry("b"), read_lease("b")),
                (gone.clone(), Effect::ReadRow),
                (row(Some("b")), read_lease("b")),
                (gone, CLAIM),
            ]);
        }
    }

    #[test]
    fn without_a_directory_the_owner_in_the_row_is_asked_itself() {
        check(vec![
            (Event::Entry(Looked::Unknown), Effect::ReadRow),
            (row(Some("b")), read_lease("b")),
            (Event::Lease(Looked::Unknown), ask("b")),
            (Event::Replied(Reply::Dead), Effect::ReadRow),
            (row(Some("b")), CLAIM),
        ]);
    }

    #[test]
    fn an_owner_of_the_same_name_is_an_earlier_life_of_this_instance() {
        check(vec![(entry("a"), Effect::ReadRow), (row(Some("a")), CLAIM)]);
    }

    #[test]
    fn whoever_keeps_losing_claims_gives_up() {
        let mut steps = vec![(Event::Entry(Looked::Nothing), Effect::ReadRow)];
        for _ in 1..CLAIMS_MAX {
            steps.extend([(row(None), CLAIM), (Event::Claimed(false), Effect::ReadRow)]);
        }
        steps.extend([(row(None), CLAIM), (Event::Claimed(false), Effect::GiveUp)]);
        check(steps);
    }

    #[test]
    fn a_deadline_moves_no_session_that_somebody_alive_has() {
        for reply in [Reply::Stays, Reply::Silent] {
            check_for(
                Purpose::Deadline,
                vec![
                    (entry("b"), read_lease("b")),
                    (lease("b", 7, false), ask("b")),
                    (Event::Replied(reply), Effect::Leave),
                ],
            );
        }
    }
}
