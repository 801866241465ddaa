/**
 * Owns what a session looks like to its learner, as a pure fold of the server's messages. It never guesses: no
 * message, no change. Knows nothing of sockets, storage or pages.
 */
import type {
  Answered,
  AreaScore,
  Progress,
  Question,
  ServerMessage,
  SessionInfo,
  SessionStatus,
  Summary,
} from "@protocol";
import { EMPTY_EXAM, type ExamView, examOf, withChoice, withFlag, withRecorded } from "./exam";

/** A stored answer with the question it was given to. */
export interface Result {
  readonly question: Question;
  readonly answer: Answered;
}

/** A competency and the one before it in this visit, to show the movement. */
export interface AreaView {
  readonly score: AreaScore;
  readonly before?: AreaScore;
}

export interface SessionState {
  readonly info?: SessionInfo;
  /** Names the history `offset` belongs to. */
  readonly stream?: string;
  /** Offset of the last durable message applied; 0 for none. */
  readonly offset: number;
  /** False until the server has told the whole state once. */
  readonly drawn: boolean;
  readonly status: SessionStatus;
  readonly progress: Progress;
  readonly areas: ReadonlyMap<string, AreaView>;
  /** The question that takes an answer. */
  readonly question?: Question;
  /** The last answer's result, while nobody replaced it. */
  readonly result?: Result;
  readonly summary?: Summary;
  /** The positions of an exam; absent in every other kind. */
  readonly exam?: ExamView;
}

export const NOTHING_YET: SessionState = {
  offset: 0,
  drawn: false,
  status: "open",
  progress: { answered: 0, correct: 0, length: 0 },
  areas: new Map(),
};

/** What became of a message: `gap` means that one before it is missing, and the state is as it was. */
export type Outcome = "applied" | "late" | "gap" | "not_durable";

export interface Step {
  readonly state: SessionState;
  readonly outcome: Outcome;
}

type Durable = Extract<ServerMessage, { prev: number }>;

function isDurable(message: ServerMessage): message is Durable {
  return "prev" in message && "offset" in message;
}

/**
 * Folds one message in. `own` is the question an `answered` message of this client's is for, when the outbox
 * remembers it: after a reload the state itself does not.
 */
export function reduce(state: SessionState, message: ServerMessage, own?: Question): Step {
  if (isDurable(message)) {
    if (message.offset <= state.offset) return { state: lateResult(state, message, own), outcome: "late" };
    if (message.prev !== state.offset) return { state, outcome: "gap" };
    return { state: { ...apply(state, message, own), offset: message.offset }, outcome: "applied" };
  }
  if (message.type === "welcome") {
    return { state: { ...state, info: message.session, stream: message.stream }, outcome: "not_durable" };
  }
  if (message.type === "state") return { state: redraw(state, message), outcome: "applied" };
  return { state, outcome: "not_durable" };
}

/** Draws from nothing. Only a result already on the page stays, and only if the history has not moved since. */
function redraw(state: SessionState, message: Extract<ServerMessage, { type: "state" }>): SessionState {
  const unmoved = state.drawn && state.offset === message.offset;
  return {
    ...kept(state),
    offset: message.offset,
    drawn: true,
    status: message.status,
    progress: message.progress,
    areas: new Map(message.competency.map((score) => [score.area, { score }])),
    ...(message.question && { question: message.question }),
    ...(message.summary && { summary: message.summary }),
    ...(message.exam && { exam: examOf(message.exam) }),
    ...(unmoved && state.result && { result: state.result }),
  };
}

function kept(state: SessionState): Pick<SessionState, "info" | "stream"> {
  return { ...(state.info && { info: state.info }), ...(state.stream && { stream: state.stream }) };
}

function apply(state: SessionState, message: Durable, own: Question | undefined): SessionState {
  switch (message.type) {
    case "started":
      return {
        ...withQuestion(state, message.next),
        drawn: true,
        ...(state.info?.kind === "exam" && { exam: EMPTY_EXAM }),
      };
    case "answered": {
      const asked = state.question?.position === message.position ? state.question : own;
      const { type: _, ...answer } = message;
      const next = withQuestion({ ...state, progress: message.progress }, message.next);
      const areas = moved(state.areas, message.competency);
      return asked ? { ...next, areas, result: { question: asked, answer } } : { ...next, areas };
    }
    case "recorded": {
      // The receipt of one stored answer; without a next question the open one stays.
      const exam = withRecorded(state.exam ?? EMPTY_EXAM, message);
      const open = message.next ?? withChoice(state.question, message);
      return withQuestion({ ...state, exam, progress: message.progress }, open);
    }
    case "completed":
      return { ...withQuestion(state, undefined), status: "completed", summary: message.summary };
    case "session_changed": {
      const question =
        state.question && message.deadline_ms !== undefined
          ? { ...state.question, deadline_ms: message.deadline_ms }
          : state.question;
      const flag = message.flag && { exam: withFlag(state.exam ?? EMPTY_EXAM, message.flag) };
      const next = { ...state, status: message.status, progress: message.progress, ...flag };
      return withQuestion(next, message.question ?? question);
    }
    default:
      // A type newer than this page: its place in the history counts, what it says cannot be shown.
      return state;
  }
}

function withQuestion(state: SessionState, question: Question | undefined): SessionState {
  const { question: _, ...rest } = state;
  return question ? { ...rest, question } : rest;
}

function moved(
  areas: ReadonlyMap<string, AreaView>,
  scores: readonly AreaScore[],
): ReadonlyMap<string, AreaView> {
  const next = new Map([...areas].map(([area, { score }]) => [area, { score } as AreaView]));
  for (const score of scores) {
    const before = areas.get(score.area)?.score;
    next.set(score.area, before ? { score, before } : { score });
  }
  return next;
}

/**
 * A reply given again (the first one was lost with its socket) moves nothing, but its result is new to this page:
 * it is shown if it is the last answer's.
 */
function lateResult(state: SessionState, message: Durable, own: Question | undefined): SessionState {
  if (message.type !== "answered" || own === undefined) return state;
  if (state.result?.answer.position === message.position) return state;
  if (message.position !== state.progress.answered) return state;
  const { type: _, ...answer } = message;
  return { ...state, result: { question: own, answer } };
}
