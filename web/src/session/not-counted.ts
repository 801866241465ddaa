/**
 * Owns what became of answers that had no reply when their session was over. Pure: the summary says how many answers
 * are stored, and a session's questions are answered in order.
 */
import type { Summary } from "@protocol";
import { type Entry, isAnswer } from "../connection/outbox";
import { words } from "../words";

/** Positions of the answers that are not among those stored, in order. */
export function notCounted(unsettled: readonly Entry[], { answered }: Summary): readonly number[] {
  const positions = unsettled.flatMap(({ message }) => (isAnswer(message) ? [message.position] : []));
  return [...new Set(positions)].filter((position) => position > answered).sort((a, b) => a - b);
}

/** What happened to them, in two sentences; absent when every answer counted. */
export function notCountedWords(
  positions: readonly number[],
  { reason }: Summary,
): { readonly what: string; readonly why: string } | undefined {
  if (positions.length === 0) return undefined;
  return {
    what: words.notCounted.what(positions),
    why: words.notCounted.why(positions.length, reason === "time"),
  };
}
