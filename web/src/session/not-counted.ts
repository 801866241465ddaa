/**
 * Owns what became of answers that had no reply when their session was over. Pure: the summary says how many answers
 * are stored, and a session's questions are answered in order.
 */
import type { Summary } from "@protocol";
import { type Entry, isAnswer } from "../connection/outbox";
import { number } from "./words";

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
  const one = positions.length === 1;
  const questions = `question${one ? "" : "s"} ${list.format(positions.map(number))}`;
  const over = reason === "time" ? "the time was up" : "the session had ended";
  return {
    what: `Your ${one ? "answer" : "answers"} to ${questions} did not count.`,
    why: `${one ? "It was" : "They were"} kept on this device, but ${over} before ${one ? "it" : "they"} reached the server.`,
  };
}

const list = new Intl.ListFormat("en", { type: "conjunction" });
