// Generated from the Rust types by `make schema`; a test fails when it is stale.

/**
 * Why something was refused or failed. A client branches on this and shows `message`.
 */
export type ErrorCode = "unknown_type" | "bad_message" | "not_supported" | "not_served" | "already_answered" | "unknown_option" | "no_option" | "too_many_options" | "paused" | "not_paused" | "ended" | "faulted" | "too_late" | "request_id_reused" | "rate_limited" | "busy" | "unavailable" | "no_items" | "not_found" | "unauthorized" | "forbidden" | "wrong_password" | "origin_not_allowed" | "bad_request" | "method_not_allowed" | "payload_too_large" | "unsupported_subprotocol" | "internal";

/**
 * What kind of run a session is.
 */
export type SessionKind = "practice" | "diagnostic" | "focused" | "review" | "exam";

/**
 * Where a session is in its life.
 */
export type SessionStatus = "open" | "paused" | "completed" | "faulted";

/**
 * How many options a question takes.
 */
export type Select = "one" | "many";

/**
 * Why this question was chosen.
 */
export type Reason = "new" | "balance" | "information" | "probe" | "target_difficulty" | "weakest_area" | "due_for_review" | "missed" | "trial" | "least_recently_seen";

/**
 * Why a session ended.
 */
export type EndReason = "length" | "finished" | "precise" | "time" | "no_items";

/**
 * A certification, by id and title.
 */
export type CertificationRef = { 
/**
 * Stable id.
 */
id: string, 
/**
 * Title for people.
 */
title: string, };

/**
 * What a session was started with.
 */
export type Settings = { 
/**
 * Most questions it will ask.
 */
length: number, 
/**
 * Areas it stays inside; empty for all, unless it stays with concepts.
 */
areas: Array<string>, 
/**
 * Concepts it stays with, beside the areas; none by default.
 */
concepts?: Array<string>, 
/**
 * Time allowed for the whole session in milliseconds, before any multiplier.
 */
time_limit_ms?: number, 
/**
 * The learner's multiplier on time limits.
 */
time_multiplier: number, };

/**
 * A session as its learner sees it.
 */
export type SessionInfo = { 
/**
 * Session id, a UUID.
 */
id: string, 
/**
 * What kind of run it is.
 */
kind: SessionKind, 
/**
 * What it is about.
 */
certification: CertificationRef, 
/**
 * What it was started with.
 */
settings: Settings, 
/**
 * Where it is in its life.
 */
status: SessionStatus, };

/**
 * One option of a question, in the order served.
 */
export type QuestionOption = { 
/**
 * Opaque id; it says nothing about the key.
 */
id: string, 
/**
 * CommonMark.
 */
text: string, };

/**
 * A question being served. The key is not in it.
 */
export type Question = { 
/**
 * 1-based position in the session.
 */
position: number, 
/**
 * Stable id of the item.
 */
item_id: string, 
/**
 * CommonMark.
 */
stem: string, 
/**
 * CommonMark: a case the stem refers to.
 */
stimulus?: string, 
/**
 * In the order served; the same after every reconnect.
 */
options: Array<QuestionOption>, 
/**
 * How many options it takes.
 */
select: Select, 
/**
 * Id of its knowledge area.
 */
area: string, 
/**
 * When the session's time runs out, by the server's clock.
 */
deadline_ms?: number, 
/**
 * Why it was chosen.
 */
reason: Reason, 
/**
 * Option ids recorded for it so far, in an exam; absent while there are none.
 */
choice?: Array<string>, };

/**
 * The text that goes with one option, once the answer is stored.
 */
export type Explanation = { 
/**
 * The option it explains.
 */
option_id: string, 
/**
 * CommonMark; empty when the author gave none.
 */
text: string, };

/**
 * Competency in one area: expected percent correct on its items, never without its interval.
 */
export type AreaScore = { 
/**
 * Area id.
 */
area: string, 
/**
 * Expected percent correct, 0-100.
 */
score: number, 
/**
 * Lower end of the 80 % interval, 0-100.
 */
low: number, 
/**
 * Upper end of the 80 % interval, 0-100.
 */
high: number, };

/**
 * How far a session has come.
 */
export type Progress = { 
/**
 * Answers stored.
 */
answered: number, 
/**
 * Of those, right; 0 until an exam is submitted.
 */
correct: number, 
/**
 * Most questions the session will ask.
 */
length: number, };

/**
 * One area's part in a summary.
 */
export type AreaResult = { 
/**
 * Area id.
 */
area: string, 
/**
 * Area title.
 */
title: string, 
/**
 * Answers in this session.
 */
answered: number, 
/**
 * Of those, right.
 */
correct: number, 
/**
 * Competency when the session began.
 */
before: AreaScore, 
/**
 * Competency when it ended.
 */
after: AreaScore, };

/**
 * Where an exam stands, position by position: what its overview shows. Nothing in it says what is right.
 */
export type ExamGrid = { 
/**
 * Positions with an answer recorded, ascending. The exam has as many positions as `progress.length`.
 */
answered: Array<number>, 
/**
 * Positions marked to come back to, ascending.
 */
flagged: Array<number>, };

/**
 * What a submitted exam came to: questions without an answer count as wrong.
 */
export type ExamResult = { 
/**
 * Questions of the exam.
 */
questions: number, 
/**
 * Of those, answered right.
 */
correct: number, 
/**
 * Right answers that pass.
 */
needed: number, 
/**
 * Percent of the questions answered right, 0-100.
 */
score: number, 
/**
 * Whether it is passed.
 */
passed: boolean, };

/**
 * What a session came to.
 */
export type Summary = { 
/**
 * Why it ended.
 */
reason: EndReason, 
/**
 * Answers stored.
 */
answered: number, 
/**
 * Of those, right.
 */
correct: number, 
/**
 * Time spent on questions, pauses left out, in milliseconds.
 */
elapsed_ms: number, 
/**
 * Every area of the certification, in its order.
 */
areas: Array<AreaResult>, 
/**
 * The result, of an exam.
 */
exam?: ExamResult, };

/**
 * Who is connecting, and where they left off.
 */
export type Hello = { 
/**
 * One-use ticket from `POST /v1/sessions` or `POST /v1/sessions/{id}/tickets`.
 */
ticket: string, 
/**
 * What the client has already, when it is coming back.
 */
resume?: ResumePoint, 
/**
 * Name and version of the client, for logs: `learnr-web/0.1.0`.
 */
client: string, };

/**
 * The last durable frame a client holds.
 */
export type ResumePoint = { 
/**
 * The history the offset belongs to, as `welcome` named it.
 */
stream: string, 
/**
 * Offset of the last durable frame received; 0 for none.
 */
offset: number, };

/**
 * The submitted response, tagged so that other kinds of question can follow.
 */
export type Response = { "kind": "choice", 
/**
 * Option ids as `question.options` gave them, at most 8.
 */
options: Array<string>, };

/**
 * An answer to the question at `position`.
 */
export type Answer = { 
/**
 * Chosen by the client, unique in the session, at most 64 bytes.
 */
request_id: string, 
/**
 * 1-based position of the question.
 */
position: number, 
/**
 * What was submitted.
 */
response: Response, 
/**
 * How sure the learner is, 0-100; stored, never scored.
 */
confidence?: number, };

/**
 * Every message a client may send, told apart by `type`.
 *
 * Unknown fields are ignored; an unknown `type` is refused with `unknown_type` and the socket stays open.
 */
export type ClientMessage = { "type": "hello" } & Hello | { "type": "answer" } & Answer | { "type": "flag", 
/**
 * Chosen by the client, unique in the session.
 */
request_id: string, 
/**
 * 1-based position of the question.
 */
position: number, } | { "type": "unflag", 
/**
 * Chosen by the client, unique in the session.
 */
request_id: string, 
/**
 * 1-based position of the question.
 */
position: number, } | { "type": "go_to", 
/**
 * 1-based position of the question.
 */
position: number, } | { "type": "pause", 
/**
 * Chosen by the client, unique in the session.
 */
request_id: string, } | { "type": "resume", 
/**
 * Chosen by the client, unique in the session.
 */
request_id: string, } | { "type": "finish", 
/**
 * Chosen by the client, unique in the session.
 */
request_id: string, } | { "type": "ping", 
/**
 * Any number; it comes back unchanged, so that the client can measure its round trip.
 */
t: number, };

/**
 * The limits in force on this socket.
 */
export type Limits = { 
/**
 * Largest frame a client may send, bytes.
 */
frame_bytes: number, 
/**
 * Answers a second, sustained.
 */
answers_per_s: number, 
/**
 * Answers at once.
 */
answers_burst: number, 
/**
 * Other messages a second.
 */
messages_per_s: number, 
/**
 * Frames that may wait for a slow client.
 */
outbound_frames: number, 
/**
 * Bytes that may wait for a slow client.
 */
outbound_bytes: number, 
/**
 * Sockets on one session.
 */
sockets: number, };

/**
 * What was agreed and where the history stands.
 */
export type Welcome = { 
/**
 * The session.
 */
session: SessionInfo, 
/**
 * Names the history offsets belong to; survives takeover.
 */
stream: string, 
/**
 * Offset of the last stored event.
 */
offset: number, 
/**
 * Whether the frames missed since `hello.resume` follow; when not, `state` does.
 */
recovered: boolean, 
/**
 * The server's clock, milliseconds since the epoch; trust it for timers.
 */
server_time_ms: number, 
/**
 * The server pings this often.
 */
heartbeat_ms: number, 
/**
 * The limits in force.
 */
limits: Limits, };

/**
 * The whole state as of `offset`.
 */
export type State = { 
/**
 * Offset of the last event in it.
 */
offset: number, 
/**
 * Where the session is in its life.
 */
status: SessionStatus, 
/**
 * How far it has come.
 */
progress: Progress, 
/**
 * Every area.
 */
competency: Array<AreaScore>, 
/**
 * The open question, if any.
 */
question?: Question, 
/**
 * The positions of an exam; `question` is where the learner is.
 */
exam?: ExamGrid, 
/**
 * The summary, once completed.
 */
summary?: Summary, };

/**
 * The session began.
 */
export type Started = { 
/**
 * Number of the stored event.
 */
offset: number, 
/**
 * Offset before it for this audience.
 */
prev: number, 
/**
 * The first question.
 */
next: Question, };

/**
 * An answer is stored.
 */
export type Answered = { 
/**
 * Number of the stored event.
 */
offset: number, 
/**
 * Offset before it for this audience.
 */
prev: number, 
/**
 * The answer's.
 */
request_id: string, 
/**
 * 1-based position answered.
 */
position: number, 
/**
 * Option ids that were submitted.
 */
choice: Array<string>, 
/**
 * Whether it was right.
 */
correct: boolean, 
/**
 * The key.
 */
correct_choice: Array<string>, 
/**
 * A text for each option, in the order served.
 */
explanations: Array<Explanation>, 
/**
 * Areas whose competency moved.
 */
competency: Array<AreaScore>, 
/**
 * How far the session has come.
 */
progress: Progress, 
/**
 * The next question; absent when there is none.
 */
next?: Question, };

/**
 * An exam's answer is stored.
 */
export type Recorded = { 
/**
 * Number of the stored event.
 */
offset: number, 
/**
 * Offset before it for this audience.
 */
prev: number, 
/**
 * The answer's.
 */
request_id: string, 
/**
 * 1-based position answered.
 */
position: number, 
/**
 * Option ids that were submitted; they replace those recorded before.
 */
choice: Array<string>, 
/**
 * How far the session has come.
 */
progress: Progress, 
/**
 * The question open from here on; absent when the open one stays: after the last position, or when another than
 * the open one was answered.
 */
next?: Question, };

/**
 * A command is taken but not stored yet.
 */
export type Saving = { 
/**
 * The command's.
 */
request_id: string, 
/**
 * How long it has been waiting, milliseconds.
 */
since_ms: number, };

/**
 * The session is over.
 */
export type Completed = { 
/**
 * Number of the stored event.
 */
offset: number, 
/**
 * Offset before it for this audience.
 */
prev: number, 
/**
 * What it came to.
 */
summary: Summary, };

/**
 * The session was paused, resumed, or given time; or the learner of an exam set a flag or moved.
 */
export type SessionChanged = { 
/**
 * Number of the stored event.
 */
offset: number, 
/**
 * Offset before it for this audience.
 */
prev: number, 
/**
 * The command's, when a client caused it.
 */
request_id?: string, 
/**
 * The status from here on.
 */
status: SessionStatus, 
/**
 * How far the session has come.
 */
progress: Progress, 
/**
 * When the session's time runs out now, by the server's clock.
 */
deadline_ms?: number, 
/**
 * The flag that was set or taken away.
 */
flag?: Flag, 
/**
 * The question moved to, which is open from here on.
 */
question?: Question, };

/**
 * The mark on one question of an exam.
 */
export type Flag = { 
/**
 * 1-based position of the question.
 */
position: number, 
/**
 * Whether it is marked from here on.
 */
flagged: boolean, };

/**
 * A refusal or a fault. The socket stays open unless a close follows.
 */
export type Refused = { 
/**
 * The command's, when it had one.
 */
request_id?: string, 
/**
 * What a client branches on.
 */
code: ErrorCode, 
/**
 * What happened and what to do, for people.
 */
message: string, 
/**
 * Whether sending the same again may succeed.
 */
retryable: boolean, 
/**
 * When to try again, milliseconds from now.
 */
retry_after_ms?: number, };

/**
 * The instance is leaving.
 */
export type GoingAway = { 
/**
 * When to reconnect, milliseconds from now; already jittered.
 */
reconnect_after_ms: number, 
/**
 * Why, for people.
 */
reason: string, };

/**
 * The reply to `ping`.
 */
export type Pong = { 
/**
 * As the client sent it.
 */
t: number, 
/**
 * The server's clock, milliseconds since the epoch.
 */
server_time_ms: number, };

/**
 * Every message the server may send, told apart by `type`.
 *
 * Durable messages carry `offset` (the stored event's number) and `prev` (the offset before it meant
 * for the same audience); a gap between them means resync.
 */
export type ServerMessage = { "type": "welcome" } & Welcome | { "type": "state" } & State | { "type": "started" } & Started | { "type": "answered" } & Answered | { "type": "recorded" } & Recorded | { "type": "saving" } & Saving | { "type": "completed" } & Completed | { "type": "session_changed" } & SessionChanged | { "type": "error" } & Refused | { "type": "going_away" } & GoingAway | { "type": "pong" } & Pong;

/**
 * A new guest and the token that is theirs.
 */
export type GuestCreated = { 
/**
 * Bearer token for every other route; keep it, it cannot be asked for again.
 */
token: string, 
/**
 * When it expires, milliseconds since the epoch.
 */
expires_ms: number, };

/**
 * One knowledge area of a certification.
 */
export type AreaInfo = { 
/**
 * Area id.
 */
id: string, 
/**
 * Title for people.
 */
title: string, 
/**
 * Share of the blueprint, 0-1.
 */
weight: number, 
/**
 * Questions in it.
 */
items: number, };

/**
 * A certification a learner can choose.
 */
export type CertificationInfo = { 
/**
 * Certification id.
 */
id: string, 
/**
 * Title for people.
 */
title: string, 
/**
 * What it is, CommonMark.
 */
description: string, 
/**
 * Questions that can be served.
 */
items: number, 
/**
 * Share of right answers that passes, 0-1.
 */
pass_mark: number, 
/**
 * Its areas, in its order.
 */
areas: Array<AreaInfo>, };

/**
 * Every certification, by title.
 */
export type CertificationList = { 
/**
 * At most 1,000.
 */
certifications: Array<CertificationInfo>, };

/**
 * What to start.
 */
export type CreateSession = { 
/**
 * Certification id.
 */
certification: string, 
/**
 * What kind of run.
 */
kind: SessionKind, 
/**
 * Most questions, 5-200; by default 20, or 30 for a diagnostic. An exam has 1-500, by default as many as its
 * certification says.
 */
length?: number, 
/**
 * Area ids; `focused` needs an area or a concept, every other kind refuses them.
 */
areas?: Array<string>, 
/**
 * Concept ids, at most 64; `focused` needs an area or a concept, every other kind refuses them.
 */
concepts?: Array<string>, 
/**
 * Time for the whole session in minutes, 1-600; none by default, and for an exam as its certification says.
 */
time_limit_minutes?: number, };

/**
 * Where to connect, and the ticket to say `hello` with.
 */
export type SessionTicket = { 
/**
 * Session id, a UUID.
 */
session_id: string, 
/**
 * Path of its socket.
 */
path: string, 
/**
 * One-use ticket.
 */
ticket: string, 
/**
 * When the ticket expires, milliseconds since the epoch.
 */
expires_ms: number, 
/**
 * Whether an open session of this kind was there already and is being resumed.
 */
resumed: boolean, };

/**
 * A session as it is stored.
 */
export type SessionView = { 
/**
 * The session.
 */
session: SessionInfo, 
/**
 * Number of the last stored event.
 */
offset: number, 
/**
 * How far it has come.
 */
progress: Progress, 
/**
 * Every area.
 */
competency: Array<AreaScore>, 
/**
 * When it was started, milliseconds since the epoch.
 */
started_ms: number, 
/**
 * When it ended, milliseconds since the epoch.
 */
ended_ms?: number, };

/**
 * What an ended session came to.
 */
export type SessionSummary = { 
/**
 * The session.
 */
session: SessionInfo, 
/**
 * What it came to.
 */
summary: Summary, };

/**
 * An ended session, question by question.
 */
export type SessionReview = { 
/**
 * The session.
 */
session: SessionInfo, 
/**
 * In the order they were asked: every question of an exam; of any other kind those that were answered.
 */
questions: Array<ReviewedQuestion>, };

/**
 * A question of an ended session, with everything there is to say of it.
 */
export type ReviewedQuestion = { 
/**
 * The question as it was served, with the learner's `choice`; without one it was not answered.
 */
question: Question, 
/**
 * Whether it was answered right.
 */
correct: boolean, 
/**
 * The key; empty where the question was not answered, since a key is told for an answer.
 */
correct_choice: Array<string>, 
/**
 * A text for each option, in the order served; empty where the question was not answered.
 */
explanations: Array<Explanation>, 
/**
 * Whether the learner had marked it to come back to, in an exam.
 */
flagged: boolean, 
/**
 * Time taken to answer, in milliseconds; 0 where it was not answered.
 */
elapsed_ms: number, };

/**
 * The caller's sessions that have not ended.
 */
export type OpenSessions = { 
/**
 * Newest first.
 */
sessions: Array<SessionInfo>, };

/**
 * What may be said of a concept.
 */
export type MasteryStatus = "uncertain" | "gap" | "borderline" | "mastered";

/**
 * What may be said of passing the exam.
 */
export type Verdict = "not_enough_evidence" | "likely_to_pass" | "likely_to_fail";

/**
 * A learner's competency in one area: expected percent of its questions answered right, with its 80 % interval.
 */
export type AreaStanding = { 
/**
 * Area id.
 */
area: string, 
/**
 * Title for people.
 */
title: string, 
/**
 * Expected percent right, 0-100.
 */
score: number, 
/**
 * Lower end of the interval.
 */
low: number, 
/**
 * Upper end of the interval.
 */
high: number, 
/**
 * Answers it rests on.
 */
answers: number, };

/**
 * A learner's mastery of one concept, with its 80 % interval.
 */
export type ConceptStanding = { 
/**
 * Concept id.
 */
concept: string, 
/**
 * Title for people; the id where the certification lists no concepts.
 */
title: string, 
/**
 * Expected percent right, 0-100.
 */
score: number, 
/**
 * Lower end of the interval.
 */
low: number, 
/**
 * Upper end of the interval.
 */
high: number, 
/**
 * Questions of it that were answered.
 */
answers: number, 
/**
 * What may be said of it.
 */
status: MasteryStatus, };

/**
 * Whether the learner would pass the exam now.
 */
export type Readiness = { 
/**
 * Chance to pass in percent, 0-100.
 */
pass: number, 
/**
 * Lower end of its 80 % interval, over what is not known of the learner's abilities.
 */
low: number, 
/**
 * Upper end of the interval.
 */
high: number, 
/**
 * Expected percent of the exam answered right.
 */
score: number, 
/**
 * What may be said; never more than the interval does.
 */
verdict: Verdict, };

/**
 * Questions due for review.
 */
export type ReviewsDue = { 
/**
 * Now.
 */
now: number, 
/**
 * Further ones in each of the next seven days of 24 hours.
 */
next_days: Array<number>, };

/**
 * Where the caller stands in a certification: every session that has ended counts.
 */
export type Standing = { 
/**
 * The certification.
 */
certification: CertificationRef, 
/**
 * Every area, in the order of the certification.
 */
areas: Array<AreaStanding>, 
/**
 * Every concept that a question can be served of, in order of id; at most 10,000.
 */
concepts: Array<ConceptStanding>, 
/**
 * Whether they would pass the exam now.
 */
readiness: Readiness, 
/**
 * What they should go over.
 */
reviews: ReviewsDue, };

/**
 * What the web client needs to find its server.
 */
export type ClientConfig = { 
/**
 * Origin of the REST routes; empty for the page's own.
 */
api_origin: string, 
/**
 * Version of the server.
 */
version: string, };

/**
 * Whether the instance can serve.
 */
export type Health = { 
/**
 * `ok`, or what is wrong in one word.
 */
status: string, 
/**
 * Version of the server.
 */
version: string, };

/**
 * What went wrong.
 */
export type ErrorBody = { 
/**
 * What a client branches on.
 */
code: ErrorCode, 
/**
 * What happened and what to do, for people.
 */
message: string, 
/**
 * Whether the same request may succeed later.
 */
retryable: boolean, 
/**
 * More, by code: the field at fault, the time to wait.
 */
details?: unknown, 
/**
 * Names the request in the log.
 */
request_id: string, };

/**
 * The envelope of every REST error.
 */
export type ErrorEnvelope = { 
/**
 * The error.
 */
error: ErrorBody, };

/**
 * A session of the caller, whatever has become of it.
 */
export type PastSession = { 
/**
 * The session.
 */
session: SessionInfo, 
/**
 * When it was started, milliseconds since the epoch.
 */
started_ms: number, 
/**
 * When it ended, milliseconds since the epoch.
 */
ended_ms?: number, 
/**
 * Questions answered; none while it goes on.
 */
answered?: number, 
/**
 * Of them, answered right.
 */
correct?: number, 
/**
 * Milliseconds from start to end, pauses left out.
 */
elapsed_ms?: number, 
/**
 * The result of an exam.
 */
exam?: ExamResult, };

/**
 * The caller's sessions, newest first: one page.
 */
export type SessionHistory = { 
/**
 * At most as many as were asked for.
 */
sessions: Array<PastSession>, 
/**
 * Where the next page begins; absent on the last.
 */
next?: string, };

/**
 * A question the caller answered, with everything there is to say of it.
 */
export type AnsweredQuestion = { 
/**
 * Place in the session, from 1.
 */
position: number, 
/**
 * Item id.
 */
item_id: string, 
/**
 * Area id.
 */
area: string, 
/**
 * What is asked, CommonMark.
 */
stem: string, 
/**
 * The case it belongs to, CommonMark.
 */
stimulus?: string, 
/**
 * The options.
 */
options: Array<QuestionOption>, 
/**
 * Ids of the options the caller named.
 */
choice: Array<string>, 
/**
 * Whether they are exactly the key; absent in an exam that is not submitted.
 */
correct?: boolean, 
/**
 * The key; empty in an exam that is not submitted.
 */
correct_choice: Array<string>, 
/**
 * A text for each option; empty in an exam that is not submitted.
 */
explanations: Array<Explanation>, 
/**
 * Time taken, in milliseconds.
 */
elapsed_ms: number, 
/**
 * When it was answered, milliseconds since the epoch.
 */
answered_ms: number, 
/**
 * Ability in the area after the answer, in logits; absent in an exam, which is judged at its end.
 */
theta?: number, 
/**
 * Its standard error, in logits.
 */
standard_error?: number, };

/**
 * A session with every answer.
 */
export type SessionAnswers = { 
/**
 * The session.
 */
session: SessionInfo, 
/**
 * By position; of an exam the last answer to each question. Questions without an answer are not among them.
 */
answers: Array<AnsweredQuestion>, };

/**
 * Ability in an area at the end of a day.
 */
export type CompetencyPoint = { 
/**
 * The day where the caller is, `YYYY-MM-DD`.
 */
day: string, 
/**
 * Expected percent of the area's questions answered right, 0-100.
 */
score: number, 
/**
 * Lower end of the 80 % interval.
 */
low: number, 
/**
 * Upper end of the interval.
 */
high: number, 
/**
 * Ability, in logits.
 */
theta: number, 
/**
 * Its standard error, in logits.
 */
standard_error: number, };

/**
 * An area over time.
 */
export type AreaProgress = { 
/**
 * Area id.
 */
area: string, 
/**
 * Title for people.
 */
title: string, 
/**
 * Days on which an ability was estimated, in order.
 */
points: Array<CompetencyPoint>, };

/**
 * The caller's competency over time.
 */
export type CompetencyHistory = { 
/**
 * The certification.
 */
certification: CertificationRef, 
/**
 * First day, `YYYY-MM-DD`.
 */
from: string, 
/**
 * Last day.
 */
to: string, 
/**
 * What the caller's clock is ahead of UTC, in minutes.
 */
utc_offset_minutes: number, 
/**
 * Areas with a point in the span, in the order of the certification.
 */
areas: Array<AreaProgress>, };

/**
 * What the caller did on a day.
 */
export type ActivityDay = { 
/**
 * The day where the caller is, `YYYY-MM-DD`.
 */
day: string, 
/**
 * Sessions that ended.
 */
sessions: number, 
/**
 * Questions answered.
 */
answers: number, 
/**
 * Of them, answered right.
 */
correct: number, 
/**
 * Time taken for them, in milliseconds.
 */
elapsed_ms: number, };

/**
 * What the caller did in an area.
 */
export type ActivityArea = { 
/**
 * Area id.
 */
area: string, 
/**
 * Title for people.
 */
title: string, 
/**
 * Questions answered.
 */
answers: number, 
/**
 * Of them, answered right.
 */
correct: number, 
/**
 * Time taken for them, in milliseconds.
 */
elapsed_ms: number, };

/**
 * What the caller did, from sessions that ended.
 */
export type Activity = { 
/**
 * The certification.
 */
certification: CertificationRef, 
/**
 * First day, `YYYY-MM-DD`.
 */
from: string, 
/**
 * Last day.
 */
to: string, 
/**
 * What the caller's clock is ahead of UTC, in minutes.
 */
utc_offset_minutes: number, 
/**
 * Days on which something was done, in order.
 */
days: Array<ActivityDay>, 
/**
 * Where the time went: areas with an answer, in the order of the certification.
 */
areas: Array<ActivityArea>, };

/**
 * A concept the caller finds hard.
 */
export type HardConcept = { 
/**
 * Concept id.
 */
concept: string, 
/**
 * Title for people; the id where the certification lists no concepts.
 */
title: string, 
/**
 * Questions of it that were answered, each time counted.
 */
answers: number, 
/**
 * Of them, answered right.
 */
correct: number, 
/**
 * Percent right, 0-100.
 */
score: number, 
/**
 * Percent the model expected, by the caller's ability before each answer.
 */
expected: number, 
/**
 * Time taken, in milliseconds.
 */
elapsed_ms: number, };

/**
 * The concepts the caller gets wrong most.
 */
export type HardestConcepts = { 
/**
 * The certification.
 */
certification: CertificationRef, 
/**
 * Hardest first: by (right + 1) / (answers + 2), so that few answers weigh little.
 */
concepts: Array<HardConcept>, };

/**
 * What is wrong with an item.
 */
export type ItemMisfit = "does_not_discriminate" | "noisy" | "redundant";

/**
 * What the use of an item says of it.
 */
export type ItemStatistics = { 
/**
 * Item id.
 */
item_id: string, 
/**
 * Area id.
 */
area: string, 
/**
 * Whether it may be served.
 */
active: boolean, 
/**
 * Ended sessions that showed it.
 */
served: number, 
/**
 * That as a share of the version's sessions, 0-1.
 */
exposure_rate: number, 
/**
 * Times it was answered.
 */
answers: number, 
/**
 * Of them, right.
 */
correct: number, 
/**
 * Share right, 0-1.
 */
p_value?: number, 
/**
 * Mean time to an answer, in milliseconds.
 */
mean_elapsed_ms?: number, 
/**
 * Answers that are evidence, first sights in 30 days: what the figures below rest on.
 */
judged: number, 
/**
 * Correlation of right answers with the ability that the respondents' answers before showed.
 */
discrimination?: number, 
/**
 * Information-weighted mean square residual; 1 under the model.
 */
infit?: number, 
/**
 * Its difference from 1 in standard errors.
 */
infit_z?: number, 
/**
 * Mean square of standardised residuals; 1 under the model.
 */
outfit?: number, 
/**
 * Its difference from 1 in standard errors.
 */
outfit_z?: number, 
/**
 * What is wrong with it, from 30 judged answers on.
 */
misfit?: ItemMisfit, };

/**
 * How much a version of a certification was used.
 */
export type VersionUse = { 
/**
 * The version.
 */
version: string, 
/**
 * Ended sessions with an answer.
 */
sessions: number, 
/**
 * Their answers.
 */
answers: number, 
/**
 * Of them, right.
 */
correct: number, 
/**
 * Time taken, in milliseconds.
 */
elapsed_ms: number, 
/**
 * When the latest of them ended, milliseconds since the epoch.
 */
last_ms: number, };

/**
 * The items of a version, by id: one page.
 */
export type ItemStatisticsPage = { 
/**
 * The certification.
 */
certification: CertificationRef, 
/**
 * The version these are of.
 */
version: string, 
/**
 * Every version that was used, latest first; at most 1,000.
 */
versions: Array<VersionUse>, 
/**
 * At most as many as were asked for, those never shown among them.
 */
items: Array<ItemStatistics>, 
/**
 * Where the next page begins; absent on the last.
 */
next?: string, };

/**
 * How far a learner has come.
 */
export type LearnerProgress = { 
/**
 * The learner, by a random id that says nothing of them.
 */
learner: string, 
/**
 * Ended sessions with an answer.
 */
sessions: number, 
/**
 * Their answers.
 */
answers: number, 
/**
 * Of them, right.
 */
correct: number, 
/**
 * Time taken, in milliseconds.
 */
elapsed_ms: number, 
/**
 * When the first of them ended, milliseconds since the epoch.
 */
first_ms: number, 
/**
 * When the latest of them ended, milliseconds since the epoch.
 */
last_ms: number, };

/**
 * The learners of a certification, latest first: one page.
 */
export type LearnerProgressPage = { 
/**
 * The certification.
 */
certification: CertificationRef, 
/**
 * At most as many as were asked for.
 */
learners: Array<LearnerProgress>, 
/**
 * Where the next page begins; absent on the last.
 */
next?: string, };

/**
 * Deletes the caller's account for good.
 */
export type DeleteLearner = { 
/**
 * `delete`, so that nobody does it by mistake.
 */
confirm: string, 
/**
 * The password of the account, where it has one. Left out otherwise, and by a guest.
 */
password: string | null, };

/**
 * What was deleted.
 */
export type LearnerDeleted = { 
/**
 * Ways of signing in.
 */
identities: number, 
/**
 * Rows of the account: itself, its roles, the devices that were signed in, mails to confirm. 0 for a guest.
 */
account: number, 
/**
 * Preferences, and marked questions.
 */
notes: number, 
/**
 * What was said of questions: it stays, and nobody said it.
 */
reports: number, 
/**
 * Certifications of which was known what the learner can do, has seen and should go over.
 */
states: number, 
/**
 * Rows of history and progress that were counted up from the answers.
 */
roll_ups: number, 
/**
 * Sessions that belong to nobody any more: their answers stay for statistics, and cannot be looked at again.
 */
sessions: number, };

/**
 * A way of signing in.
 */
export type ExportedIdentity = { 
/**
 * Who vouches for the person; `guest` for nobody.
 */
issuer: string, 
/**
 * The issuer's name for the person.
 */
subject: string, 
/**
 * When it was first used, milliseconds since the epoch.
 */
created_ms: number, };

/**
 * A learner.
 */
export type ExportedLearner = { 
/**
 * Id, a UUID.
 */
id: string, 
/**
 * The organization it belongs to, a UUID.
 */
organization: string, 
/**
 * When it was made, milliseconds since the epoch.
 */
created_ms: number, 
/**
 * What time limits are multiplied by: 1 unless more time was granted.
 */
time_multiplier: number, 
/**
 * Ways of signing in.
 */
identities: Array<ExportedIdentity>, };

/**
 * An account. Of the password only whether there is one: what is stored of it opens nothing, and tells nobody anything.
 */
export type ExportedAccount = { 
/**
 * Address of mail; null where a provider told none.
 */
email: string | null, 
/**
 * What they are called; may be empty.
 */
name: string, 
/**
 * Whether they sign in with a password.
 */
has_password: boolean, 
/**
 * When it was made, milliseconds since the epoch.
 */
created_ms: number, 
/**
 * What they may do beside learning.
 */
roles: Array<AccountRole>, 
/**
 * Certifications they are an author of.
 */
authored: Array<string>, };

/**
 * A device that is signed in.
 */
export type ExportedSignIn = { 
/**
 * Its id, a UUID.
 */
id: string, 
/**
 * What its browser calls itself.
 */
agent: string, 
/**
 * Since when, milliseconds since the epoch.
 */
created_ms: number, 
/**
 * When it was last used, milliseconds since the epoch.
 */
used_ms: number, };

/**
 * A question that was marked.
 */
export type ExportedBookmark = { 
/**
 * Certification id.
 */
certification: string, 
/**
 * Item id.
 */
question: string, 
/**
 * The note; may be empty.
 */
note: string, 
/**
 * Since when, milliseconds since the epoch.
 */
created_ms: number, 
/**
 * Last changed, milliseconds since the epoch.
 */
changed_ms: number, };

/**
 * What was said to be wrong with a question.
 */
export type ExportedReport = { 
/**
 * Certification id.
 */
certification: string, 
/**
 * Version of the certification.
 */
certification_version: string, 
/**
 * Item id.
 */
question: string, 
/**
 * What is wrong.
 */
reason: ReportReason, 
/**
 * In the learner's words; may be empty.
 */
note: string, 
/**
 * When, milliseconds since the epoch.
 */
reported_ms: number, };

/**
 * What answers say of an ability.
 */
export type ExportedArea = { 
/**
 * Area id.
 */
area: string, 
/**
 * Answers it rests on.
 */
answers: number, 
/**
 * How likely they are at abilities of -4 to 4 logits in steps of 0.2, in relation to each other.
 */
likelihood: Array<number>, };

/**
 * What is remembered of a question.
 */
export type ExportedMemory = { 
/**
 * Item id.
 */
question: string, 
/**
 * When it was answered last, milliseconds since the epoch.
 */
last_answered_ms: number, 
/**
 * Whether that was right.
 */
correct: boolean, 
/**
 * How often it was answered.
 */
times: number, 
/**
 * Whether it counts as known: answered right, and not merely recognised.
 */
credit: boolean, 
/**
 * Days until it is remembered with a chance of 90 %.
 */
stability_days: number, 
/**
 * How hard it is to remember, 1 to 10.
 */
difficulty: number, };

/**
 * What is known of a learner in one certification: the fold over their ended sessions.
 */
export type ExportedState = { 
/**
 * Certification id.
 */
certification: string, 
/**
 * The last session in it.
 */
last_session: string, 
/**
 * When that ended, milliseconds since the epoch.
 */
updated_ms: number, 
/**
 * What the answers say of each area.
 */
areas: Array<ExportedArea>, 
/**
 * Every question that was seen, and when it should be gone over.
 */
questions: Array<ExportedMemory>, 
/**
 * Why there is nothing of the two above, when what is stored cannot be read.
 */
unreadable?: string, };

/**
 * A question as it was served.
 */
export type ExportedServed = { 
/**
 * Its place in the session.
 */
position: number, 
/**
 * Item id.
 */
question: string, 
/**
 * Why it was chosen.
 */
reason: Reason, 
/**
 * When it was served, milliseconds since the epoch.
 */
at_ms: number, };

/**
 * A question answered before a session.
 */
export type ExportedSeen = { 
/**
 * Item id.
 */
question: string, 
/**
 * When it was answered last, milliseconds since the epoch.
 */
last_answered_ms: number, 
/**
 * Whether that was right.
 */
correct: boolean, 
/**
 * Whether it counted as known: answered right, and not merely recognised.
 */
credit: boolean, 
/**
 * Days until it would be remembered with a chance of 90 %; absent in sessions of before the review schedule.
 */
stability_days?: number, };

/**
 * What a session began from.
 */
export type ExportedBeginning = { 
/**
 * What earlier sessions said of each area.
 */
areas: Array<ExportedArea>, 
/**
 * Questions of the certification that the learner had answered before.
 */
seen: Array<ExportedSeen>, 
/**
 * Every question of an exam.
 */
form: Array<ExportedServed>, };

/**
 * Something that happened in a session. What does not apply to its kind is absent.
 */
export type ExportedEvent = { 
/**
 * Its place, from 1.
 */
seq: number, 
/**
 * `started`, `answered`, `recorded`, `flagged`, `unflagged`, `moved`, `paused`, `resumed`, `time_credited`,
 * `completed`, or a word of a later release.
 */
kind: string, 
/**
 * When, milliseconds since the epoch.
 */
at_ms: number, 
/**
 * The client's name for the request.
 */
request_id?: string, 
/**
 * Place of the question in the session.
 */
position?: number, 
/**
 * Item id.
 */
question?: string, 
/**
 * What was asked.
 */
stem?: string, 
/**
 * What was answered, as texts.
 */
answer?: Array<string>, 
/**
 * Whether it was right; absent in an exam until that is submitted.
 */
correct?: boolean, 
/**
 * Time taken, in milliseconds.
 */
elapsed_ms?: number, 
/**
 * How sure the learner said to be, 0 to 100 %.
 */
confidence?: number, 
/**
 * Area id.
 */
area?: string, 
/**
 * Estimated ability in the area afterwards, in logits.
 */
theta?: number, 
/**
 * Standard error of `theta`, in logits.
 */
standard_error?: number, 
/**
 * Competency in the areas that moved.
 */
competency?: Array<AreaScore>, 
/**
 * The question served by it.
 */
next?: ExportedServed, 
/**
 * What the session began from.
 */
began_from?: ExportedBeginning, 
/**
 * Time given back to the learner, in milliseconds.
 */
credited_ms?: number, 
/**
 * Why the session ended.
 */
reason?: EndReason, 
/**
 * Why there is no more than this, when what is stored cannot be read.
 */
unreadable?: string, };

/**
 * A session with everything that happened in it.
 */
export type ExportedSession = { 
/**
 * Id, a UUID.
 */
id: string, 
/**
 * Certification id.
 */
certification: string, 
/**
 * Version of its questions.
 */
certification_version: string, 
/**
 * Where it is in its life.
 */
status: SessionStatus, 
/**
 * When it began, milliseconds since the epoch.
 */
started_ms: number, 
/**
 * When it ended, milliseconds since the epoch.
 */
ended_ms?: number, 
/**
 * What kind of run it is; absent when that cannot be read.
 */
kind?: SessionKind, 
/**
 * Its settings; absent when they cannot be read.
 */
settings?: Settings, 
/**
 * What it came to, once it has ended.
 */
summary?: Summary, 
/**
 * Everything that happened, in order.
 */
events: Array<ExportedEvent>, };

/**
 * Everything that is kept of a learner. Sent piece by piece: it is whole when it ends in `"complete": true`.
 */
export type LearnerExport = { 
/**
 * `learnr-learner-export`.
 */
format: string, 
/**
 * 1.
 */
version: number, 
/**
 * When it was asked for, milliseconds since the epoch.
 */
exported_ms: number, 
/**
 * The learner.
 */
learner: ExportedLearner, 
/**
 * The account; null for a guest.
 */
account: ExportedAccount | null, 
/**
 * The devices that are signed in, latest used first.
 */
sign_ins: Array<ExportedSignIn>, 
/**
 * What the learner prefers; null when they never said.
 */
preferences: Preferences | null, 
/**
 * Marked questions, by certification and item.
 */
bookmarks: Array<ExportedBookmark>, 
/**
 * What the learner said is wrong with questions, latest first.
 */
reports: Array<ExportedReport>, 
/**
 * What is known of the learner, by certification.
 */
states: Array<ExportedState>, 
/**
 * Every session, newest first.
 */
sessions: Array<ExportedSession>, 
/**
 * True.
 */
complete: boolean, };

/**
 * How the directory is.
 */
export type DirectoryHealth = "none" | "ok" | "unavailable";

/**
 * One instance, as it says of itself.
 */
export type NodeView = { 
/**
 * Its name.
 */
node: string, 
/**
 * Which of its lives this is.
 */
incarnation: string, 
/**
 * Where other instances reach it.
 */
address: string, 
/**
 * Where people and load balancers reach it.
 */
http_address: string, 
/**
 * Release it runs.
 */
version: string, 
/**
 * Whether it is leaving.
 */
draining: boolean, 
/**
 * Sessions live on it.
 */
sessions: number, 
/**
 * Sockets open on it.
 */
sockets: number, 
/**
 * Sockets of other instances that it serves.
 */
relayed_in: number, 
/**
 * Its sockets whose session is on another instance.
 */
relayed_out: number, };

/**
 * One session, live on the instance that was asked.
 */
export type LiveSession = { 
/**
 * Which one.
 */
session_id: string, 
/**
 * Epoch it was claimed under: grows each time the session moves.
 */
epoch: number, };

/**
 * The fleet, as the instance that was asked sees it.
 */
export type ClusterView = { 
/**
 * Name of the instance that was asked.
 */
node: string, 
/**
 * Whether the directory answers; when not, `nodes` has this instance alone.
 */
directory: DirectoryHealth, 
/**
 * Every instance with a lease, by name.
 */
nodes: Array<NodeView>, 
/**
 * Learners who have a socket, counted on each instance; absent when the directory cannot say, and on an instance that is alone.
 */
learners_present?: number, 
/**
 * Sessions live on the instance that was asked, at most as many as were asked for.
 */
sessions: Array<LiveSession>, };

/**
 * Where one session is, by everyone who has a say.
 */
export type SessionPlace = { 
/**
 * Which one.
 */
session_id: string, 
/**
 * `open`, `paused`, `completed` or `faulted`.
 */
status: string, 
/**
 * The instance that claimed it last and has not released it, as the database says: it alone may write.
 */
owner?: string, 
/**
 * Where that instance says it is reached.
 */
owner_address?: string, 
/**
 * Whether the owner has a lease in the same life.
 */
owner_is_live: boolean, 
/**
 * The epoch in the database.
 */
epoch: number, 
/**
 * The instance that the directory names.
 */
directory_node?: string, 
/**
 * The epoch that the directory names; lower than `epoch` when it is stale, which harms nothing.
 */
directory_epoch?: number, };

/**
 * What somebody may do beside learning.
 */
export type AccountRole = "author" | "admin";

/**
 * Asks for an account; a mail says how to go on, whether or not the address has one already. The password is chosen by who opens its link:
 * whoever asks may not be who the address belongs to.
 */
export type Register = { 
/**
 * Address of mail.
 */
email: string, 
/**
 * What to be called, at most 80 characters; may be empty.
 */
name: string, };

/**
 * Asks what the link in a mail is for. It still works afterwards.
 */
export type OpenLink = { 
/**
 * What the link in the mail carries.
 */
token: string, };

/**
 * What the link in a mail is for.
 */
export type LinkPurpose = "register" | "reset" | "address";

/**
 * Who asked for a mail, seen from who opens its link.
 */
export type LinkAsker = "nobody" | "you" | "another";

/**
 * What the link in a mail is for, and for whom.
 */
export type LinkView = { 
/**
 * What it is for.
 */
purpose: LinkPurpose, 
/**
 * The address the mail went to.
 */
email: string, 
/**
 * For a new account: what whoever asked wants to be called; may be empty.
 */
name: string, 
/**
 * Who asked. A new account keeps what a guest did for `you` alone; another address is confirmed by `you` alone.
 */
asker: LinkAsker, };

/**
 * Does what a mail asked for. A new account keeps what a guest did where the token of the guest who asked comes along; another address
 * is confirmed with the token of the account.
 */
export type ConfirmMail = { 
/**
 * What the link in the mail carries.
 */
token: string, 
/**
 * For a new account: 8 to 128 characters, and not easily guessed. Left out for another address.
 */
password: string | null, };

/**
 * Signs in.
 */
export type SignIn = { 
/**
 * Address of mail.
 */
email: string, 
/**
 * The password.
 */
password: string, };

/**
 * Asks for a mail by which to choose another password.
 */
export type ForgotPassword = { 
/**
 * Address of mail.
 */
email: string, };

/**
 * Chooses another password by a mail.
 */
export type ResetPassword = { 
/**
 * What the link in the mail carries.
 */
token: string, 
/**
 * 8 to 128 characters, and not easily guessed.
 */
password: string, };

/**
 * Signed in. The cookie that comes with it gives the next token by `POST /v1/auth/refresh`.
 */
export type SignedIn = { 
/**
 * Bearer token for every other route; lasts 15 minutes.
 */
token: string, 
/**
 * When it expires, milliseconds since the epoch.
 */
expires_ms: number, 
/**
 * Whose account.
 */
account: AccountView, };

/**
 * An account.
 */
export type AccountView = { 
/**
 * Id of the learner, a UUID.
 */
learner: string, 
/**
 * Address of mail; null where a provider told none.
 */
email: string | null, 
/**
 * What they are called; may be empty.
 */
name: string, 
/**
 * What they may do beside learning.
 */
roles: Array<AccountRole>, 
/**
 * Whether they sign in with a password.
 */
has_password: boolean, 
/**
 * Since when, milliseconds since the epoch.
 */
created_ms: number, };

/**
 * Changes what one is called.
 */
export type ChangeAccount = { 
/**
 * At most 80 characters; may be empty.
 */
name: string, };

/**
 * Changes the password. Every other device is signed out.
 */
export type ChangePassword = { 
/**
 * The password so far.
 */
current: string, 
/**
 * 8 to 128 characters, and not easily guessed.
 */
new: string, };

/**
 * Asks for a mail to another address, by which it becomes the account's.
 */
export type ChangeEmail = { 
/**
 * The other address.
 */
email: string, 
/**
 * The password.
 */
password: string, };

/**
 * A device that is signed in.
 */
export type SignInView = { 
/**
 * Its id, a UUID.
 */
id: string, 
/**
 * What its browser calls itself.
 */
agent: string, 
/**
 * Since when, milliseconds since the epoch.
 */
created_ms: number, 
/**
 * When it was last used, milliseconds since the epoch.
 */
used_ms: number, 
/**
 * Whether it is the one that asks.
 */
current: boolean, };

/**
 * The devices that are signed in, latest used first.
 */
export type SignInList = { 
/**
 * At most 20.
 */
sign_ins: Array<SignInView>, };

/**
 * A provider one can sign in at.
 */
export type ProviderInfo = { 
/**
 * Its id in routes.
 */
id: string, 
/**
 * Its name for people.
 */
name: string, };

/**
 * The providers one can sign in at.
 */
export type ProviderList = { 
/**
 * None unless configured.
 */
providers: Array<ProviderInfo>, };

/**
 * Where to sign in at a provider.
 */
export type ProviderStart = { 
/**
 * Address to go to.
 */
url: string, };

/**
 * How pages look.
 */
export type Theme = "system" | "light" | "dark";

/**
 * What is wrong with a question.
 */
export type ReportReason = "wrong_key" | "unclear" | "outdated" | "typo" | "other";

/**
 * What a learner prepares for, in one certification.
 */
export type Goal = { 
/**
 * Certification id.
 */
certification: string, 
/**
 * Day of the exam, `YYYY-MM-DD`; null when not set.
 */
exam_date: string | null, 
/**
 * Share of right answers to come to, 0.5-1; null for the pass mark.
 */
target: number | null, };

/**
 * What a learner prefers. Written whole.
 */
export type Preferences = { 
/**
 * At most 100, one a certification.
 */
goals: Array<Goal>, 
/**
 * Minutes a day they mean to practise, 5-480; null when not set.
 */
daily_minutes: number | null, 
/**
 * What their time limits are multiplied by where they practise, 1-4. In exams and diagnostics it is what was granted to them.
 */
time_multiplier: number, 
/**
 * How pages look.
 */
theme: Theme, 
/**
 * Whether a mail may say that reviews are due, once a day at most.
 */
reminders: boolean, 
/**
 * Where the learner's clock is, for the hour of reminders: a name of the IANA's, such as `Europe/Berlin`, at most 64 characters. Null, or
 * a name the server does not know, is UTC.
 */
time_zone: string | null, };

/**
 * What comes of reminders here.
 */
export type Reminding = { 
/**
 * Whether they are sent: without a server of mail they are printed to the server's log.
 */
sent: boolean, };

/**
 * Marks a question, or changes its note.
 */
export type SaveBookmark = { 
/**
 * At most 2,000 characters, plain text; may be empty.
 */
note: string, };

/**
 * A question that was marked. Only questions one has answered can be, so that it tells nothing before.
 */
export type Bookmark = { 
/**
 * Item id.
 */
item: string, 
/**
 * The question; null when the current version has it no more.
 */
question: Question | null, 
/**
 * Ids of the right options.
 */
key: Array<string>, 
/**
 * The note; may be empty.
 */
note: string, 
/**
 * Since when, milliseconds since the epoch.
 */
created_ms: number, 
/**
 * Last changed, milliseconds since the epoch.
 */
changed_ms: number, };

/**
 * Marked questions by item.
 */
export type BookmarkPage = { 
/**
 * At most 100.
 */
bookmarks: Array<Bookmark>, 
/**
 * Where the next page begins; null on the last.
 */
next: string | null, };

/**
 * Says what is wrong with a question.
 */
export type ReportItem = { 
/**
 * What is wrong.
 */
reason: ReportReason, 
/**
 * At most 2,000 characters, plain text; may be empty.
 */
note: string, };

/**
 * What a learner said of a question. Who it was is not told.
 */
export type ItemReport = { 
/**
 * Its number.
 */
id: number, 
/**
 * Version of the certification.
 */
version: string, 
/**
 * Item id.
 */
item: string, 
/**
 * What is wrong.
 */
reason: ReportReason, 
/**
 * In their words; may be empty.
 */
note: string, 
/**
 * When, milliseconds since the epoch.
 */
reported_ms: number, };

/**
 * Reports, latest first.
 */
export type ItemReportPage = { 
/**
 * At most 100.
 */
reports: Array<ItemReport>, 
/**
 * Where the next page begins; null on the last.
 */
next: string | null, };

/**
 * Somebody with an account, as admins see them.
 */
export type Person = { 
/**
 * The account.
 */
account: AccountView, 
/**
 * Certifications they are an author of.
 */
authored: Array<string>, };

/**
 * Accounts.
 */
export type PersonPage = { 
/**
 * At most 100.
 */
people: Array<Person>, 
/**
 * Where the next page begins; null on the last.
 */
next: string | null, };

/**
 * What an admin did.
 */
export type AuditEntry = { 
/**
 * Its number.
 */
id: number, 
/**
 * When, milliseconds since the epoch.
 */
at_ms: number, 
/**
 * Id of the account that did it; null for the owner's token and the command line.
 */
actor: string | null, 
/**
 * `account`, `owner-token` or `command-line`.
 */
via: string, 
/**
 * What was done: `role.grant`.
 */
action: string, 
/**
 * To what or whom.
 */
target: string, 
/**
 * What else is worth knowing.
 */
detail: string, };

/**
 * What admins did, latest first.
 */
export type AuditPage = { 
/**
 * At most 100.
 */
entries: Array<AuditEntry>, 
/**
 * Where the next page begins; null on the last.
 */
next: string | null, };
