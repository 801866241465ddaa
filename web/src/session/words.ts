/**
 * Owns which words belong to what the server says in codes. The words themselves are in `../words`.
 */
import type { AreaScore, EndReason, Question, Reason, SessionInfo, SessionKind } from "@protocol";
import type { ApiError } from "../api/errors";
import { words } from "../words";
import { number, share } from "../words/format";
import type { Result } from "./state";

export { number, share } from "../words/format";

export function kindTitle(kind: SessionKind): string {
  // A server newer than this page may know more kinds.
  return words.session.kinds[kind]?.title ?? kind;
}

export function reasonWords(reason: Reason): string {
  return words.session.reason(reason);
}

/**
 * How many options to choose, and afterwards, when there were many, what that came to: each option's own words do not
 * say that half of the right ones is not enough.
 */
export function howWords({ select }: Question, result: Result | undefined): string {
  if (select === "one") return words.session.chooseOne;
  if (result === undefined) return words.session.chooseMany;
  const { correct, choice, correct_choice } = result.answer;
  if (correct) return words.session.rightMany;
  const partly = choice.some((option) => correct_choice.includes(option));
  return partly ? words.session.partly : words.session.notRight;
}

export function endWords(reason: EndReason): string {
  return words.session.ended(reason);
}

/** "Question 3 of 20"; a diagnostic may stop sooner. */
export function positionWords(position: number, length: number, kind: SessionKind | undefined): string {
  return words.session.position(position, length, kind === "diagnostic");
}

export function sessionWords(session: SessionInfo): string {
  return words.session.titled(kindTitle(session.kind), session.certification.title);
}

/**
 * An interval wider than this tells little, in points of a hundred. Before any answer the engine's are 38 and more.
 */
const WIDE_INTERVAL = 35;

export function isVague(score: AreaScore): boolean {
  return score.high - score.low > WIDE_INTERVAL;
}

/** "64 %, likely 53 to 75 %": a competency is never written without its interval, and a vague one without a number. */
export function scoreWords(score: AreaScore): string {
  const [low, high] = [number(score.low), share(score.high / 100)];
  return isVague(score)
    ? words.session.vague(low, high)
    : words.session.likely(share(score.score / 100), low, high);
}

/** "12 min 5 s". */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (hours > 0) return words.session.hours(hours, minutes);
  return minutes > 0 ? words.session.minutes(minutes, rest) : words.session.seconds(rest);
}

/** "12:05", for a clock that runs down. */
export function countdown(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(seconds / 3600);
  return hours > 0 ? `${hours}:${parts.join(":")}` : parts.join(":");
}

/** Why a session could not be started, and what to do. */
export function startErrorWords(error: ApiError, kind: SessionKind): string {
  if (error.code !== "no_items") return error.message;
  return kind === "review" ? words.session.noMissed : words.session.noItems;
}
