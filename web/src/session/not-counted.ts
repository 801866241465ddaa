/**
 * Owns what became of answers that had no reply when their session was over. Pure: the summary says how many answers
 * are stored, and questions are answered in order; but for an exam, whose review says what is recorded.
 */
import type { ReviewedQuestion, Summary } from "@protocol";
import { type Entry, isAnswer } from "../connection/outbox";
import { words } from "../words";
import { sameChoice } from "./exam";

/** Positions of the answers that are not among those stored, in order. */
export function notCounted(unsettled: readonly Entry[], { answered }: Summary): readonly number[] {
  const positions = unsettled.flatMap(({ message }) => (isAnswer(message) ? [message.position] : []));
  return [...new Set(positions)].filter((position) => position > answered).sort((a, b) => a - b);
}

/** As `notCounted`, of an exam: answered in any order, so that only what is recorded for a question says whether it counted. */
export function notCountedInExam(
  unsettled: readonly Entry[],
  questions: readonly ReviewedQuestion[],
): readonly number[] {
  const recorded = new Map(questions.map(({ question: { position, choice } }) => [position, choice ?? []]));
  const last = new Map<number, readonly string[]>();
  for (const { message } of unsettled)
    if (isAnswer(message)) last.set(message.position, message.response.options);
  const lost = [...last].filter(([position, options]) => !sameChoice(options, recorded.get(position) ?? []));
  return lost.map(([position]) => position).sort((a, b) => a - b);
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
