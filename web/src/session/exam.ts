/**
 * Owns what an exam looks like position by position: answered, flagged, on its way, chosen and not saved. Pure; nothing
 * in it says what is right, because nobody is told before the exam is submitted.
 */
import type { ExamGrid, Flag, Question, Recorded } from "@protocol";
import type { Snapshot } from "../connection/connection";
import { type Command, isAnswer } from "../connection/outbox";
import type { Phase } from "./exam-time";

/** As the server told it. */
export interface ExamView {
  readonly answered: ReadonlySet<number>;
  readonly flagged: ReadonlySet<number>;
  /** The last answer that was stored while this page was there, whichever device it came from. */
  readonly last?: StoredAnswer;
  /** The last flag that was set or taken away meanwhile. */
  readonly lastFlag?: Flag;
}

export interface StoredAnswer {
  readonly position: number;
  readonly requestId: string;
  readonly choice: readonly string[];
}

export const EMPTY_EXAM: ExamView = { answered: new Set(), flagged: new Set() };

export function examOf({ answered, flagged }: ExamGrid): ExamView {
  return { answered: new Set(answered), flagged: new Set(flagged) };
}

export function withRecorded(exam: ExamView, { position, request_id, choice }: Recorded): ExamView {
  return {
    ...exam,
    answered: new Set(exam.answered).add(position),
    last: { position, requestId: request_id, choice },
  };
}

export function withFlag(exam: ExamView, flag: Flag): ExamView {
  const flagged = new Set(exam.flagged);
  if (flag.flagged) flagged.add(flag.position);
  else flagged.delete(flag.position);
  return { ...exam, flagged, lastFlag: flag };
}

/** The open question after an answer was stored that did not move on: what is recorded for it may have changed. */
export function withChoice(question: Question | undefined, recorded: Recorded): Question | undefined {
  return question?.position === recorded.position ? { ...question, choice: recorded.choice } : question;
}

/** A question that was open, and the last stored answer then. */
export interface Left {
  readonly question: Question;
  readonly last: StoredAnswer | undefined;
}

/**
 * The question whose choice has to be saved now that another is open, with what is recorded for it; undefined when none
 * was left, or when another device answered it unheard: that was said, and a choice here was not.
 */
export function leftBehind(
  { question, last }: Left,
  exam: ExamView | undefined,
  now: Question,
): Question | undefined {
  const { position, choice = [] } = question;
  if (position === now.position || exam === undefined) return undefined;
  const stored = exam.last;
  if (stored !== undefined && stored !== last && stored.position === position) {
    return { ...question, choice: [...stored.choice] };
  }
  return choice.length === 0 && exam.answered.has(position) ? undefined : question;
}

/** Whether an answer given now can still count, as far as this device knows: an exam that is submitted takes none. */
export function takesAnswers({ link, session, pending }: Snapshot, phase: Phase): boolean {
  const gone = link.kind === "ended" || link.kind === "stopped";
  const submitting = pending.some(({ message }) => message.type === "finish");
  return phase !== "over" && session.status === "open" && !gone && !submitting;
}

/** What has become of a question: `unsaved` is chosen here and not sent, `saving` is sent and not stored. */
export type Standing = "unanswered" | "unsaved" | "saving" | "answered";

/** One question in the overview. */
export interface Place {
  readonly position: number;
  readonly standing: Standing;
  readonly flagged: boolean;
  /** It is the open one. */
  readonly current: boolean;
}

export interface Sheet {
  readonly length: number;
  readonly exam: ExamView;
  /** Of this device, unacknowledged. */
  readonly pending: readonly Command[];
  /** Positions with a choice on this device that was not sent. */
  readonly unsaved: ReadonlySet<number>;
  readonly current: number | undefined;
}

/** Every question in order, as this device knows it. */
export function placesOf({ length, exam, pending, unsaved, current }: Sheet): readonly Place[] {
  const sent = new Set(pending.filter(isAnswer).map(({ position }) => position));
  const standing = (position: number): Standing => {
    if (sent.has(position)) return "saving";
    if (unsaved.has(position)) return "unsaved";
    return exam.answered.has(position) ? "answered" : "unanswered";
  };
  return Array.from({ length }, (_, index) => {
    const position = index + 1;
    const flagged = isFlagged(exam, pending, position);
    return { position, standing: standing(position), flagged, current: position === current };
  });
}

/** Whether a question is flagged once everything that is on its way has arrived. */
export function isFlagged(exam: ExamView, pending: readonly Command[], position: number): boolean {
  const last = pending.filter((message) => isFlag(message) && message.position === position).at(-1);
  return last === undefined ? exam.flagged.has(position) : last.type === "flag";
}

/** What the overview and the question before submitting say in numbers. */
export interface Tally {
  /** Answered, or about to be. */
  readonly answered: number;
  readonly unanswered: readonly number[];
  /** Chosen and not saved, whether or not another answer is. */
  readonly unsaved: readonly number[];
  readonly flagged: readonly number[];
}

export function tallyOf(places: readonly Place[], { answered }: ExamView): Tally {
  const at = (which: (place: Place) => boolean) => places.filter(which).map(({ position }) => position);
  const stands = ({ position, standing }: Place) => standing === "saving" || answered.has(position);
  return {
    answered: at(stands).length,
    unanswered: at((place) => !stands(place)),
    unsaved: at(({ standing }) => standing === "unsaved"),
    flagged: at(({ flagged }) => flagged),
  };
}

/**
 * Commands of this device that a new one makes pointless. An exam keeps the answer that arrives last, so that one which
 * was replaced must not be sent again.
 */
export function supersededBy(message: Command, pending: readonly Command[]): readonly string[] {
  const same = (earlier: Command) =>
    (isAnswer(message) && isAnswer(earlier) && earlier.position === message.position) ||
    (isFlag(message) && isFlag(earlier) && earlier.position === message.position);
  return pending.filter(same).map(({ request_id }) => request_id);
}

type FlagCommand = Extract<Command, { type: "flag" | "unflag" }>;

function isFlag(message: Command): message is FlagCommand {
  return message.type === "flag" || message.type === "unflag";
}

/** Whether two choices are the same, in whatever order they were told. */
export function sameChoice(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((option) => other.includes(option));
}
