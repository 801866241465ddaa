/**
 * Owns what choosing an option and pressing a key mean on the question page, as pure functions.
 */
import type { Question } from "@protocol";
import type { Snapshot } from "../connection/connection";
import { isAnswer } from "../connection/outbox";
import type { Result } from "./state";

/** What has been chosen and not sent, for one question. */
export interface Draft {
  readonly itemId: string;
  readonly position: number;
  readonly options: readonly string[];
}

export function draftFor(question: Question, draft: Draft | undefined): Draft {
  const same = draft?.itemId === question.item_id && draft.position === question.position;
  return same ? draft : { itemId: question.item_id, position: question.position, options: [] };
}

/** A question that takes one option swaps it; one that takes many toggles it. Served order is kept. */
export function choose(question: Question, draft: Draft, option: string): Draft {
  if (question.select === "one") return { ...draft, options: [option] };
  const chosen = new Set(draft.options);
  if (!chosen.delete(option)) chosen.add(option);
  return { ...draft, options: question.options.map(({ id }) => id).filter((id) => chosen.has(id)) };
}

/** The option a digit key stands for. */
export function optionOfKey(question: Question, key: string): string | undefined {
  return /^[1-8]$/.test(key) ? question.options[Number(key) - 1]?.id : undefined;
}

/** What the page shows in its column. */
export type View =
  | { readonly kind: "waiting" }
  | { readonly kind: "faulted" }
  | { readonly kind: "paused" }
  | { readonly kind: "result"; readonly result: Result; readonly last: boolean }
  | {
      readonly kind: "question";
      readonly question: Question /** Sent and not acknowledged. */;
      readonly sent?: readonly string[];
    }
  | { readonly kind: "over" };

/** `read` is the position of the last result the learner has gone on from; 0 for none. */
export function viewOf({ session, pending }: Snapshot, read: number): View {
  const { result, question, status } = session;
  if (status === "faulted") return { kind: "faulted" };
  if (status === "paused") return { kind: "paused" };
  if (result && result.answer.position > read)
    return { kind: "result", result, last: question === undefined };
  if (status === "completed") return { kind: "over" };
  if (question === undefined) return { kind: "waiting" };
  const sent = pending
    .map(({ message }) => message)
    .find((message) => isAnswer(message) && message.position === question.position);
  if (sent !== undefined && isAnswer(sent))
    return { kind: "question", question, sent: sent.response.options };
  return { kind: "question", question };
}

/** What an option turned out to be; undefined when there is nothing to say of it. */
export type Verdict = "chosen_right" | "chosen_wrong" | "right" | undefined;

export function verdictOf(result: Result, option: string): Verdict {
  const chosen = result.answer.choice.includes(option);
  const right = result.answer.correct_choice.includes(option);
  if (chosen) return right ? "chosen_right" : "chosen_wrong";
  return right ? "right" : undefined;
}

/** Pressing Enter anywhere but on a control that has its own use for it. */
export function entersForm(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return true;
  return (
    target.closest("button, a, summary, select, textarea, input:not([type=radio]):not([type=checkbox])") ===
    null
  );
}
