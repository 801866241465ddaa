/**
 * Owns what the time left means for an exam. Pure.
 */

/** A choice that is not saved is saved with this much time left, milliseconds: long enough for it to arrive. */
export const SAVE_WITH_LEFT_MS = 3_000;

/** `ending`: what is chosen is saved now. `over`: the server submits the exam, and takes nothing any more. */
export type Phase = "running" | "ending" | "over";

/** `left`: milliseconds by the server's clock. */
export function phaseOf(left: number): Phase {
  if (left <= 0) return "over";
  return left <= SAVE_WITH_LEFT_MS ? "ending" : "running";
}
