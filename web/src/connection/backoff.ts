/**
 * Owns how long to wait before connecting again: full jitter under a ceiling that doubles.
 * Knows nothing of sockets or timers.
 */

/** Ceiling of the first wait, milliseconds. */
export const BACKOFF_FIRST_MS = 250;
/** Ceiling of every wait, milliseconds: a server that is back finds its learners within this time. */
export const BACKOFF_MAX_MS = 10_000;

/** The longest that attempt number `attempt` (0 for the first) may wait, milliseconds. */
export function backoffCeiling(attempt: number): number {
  // 2^6 * 250 is past the maximum already; the cap keeps the power finite for any attempt.
  return Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(attempt, 16));
}

/** A wait drawn evenly below the ceiling, so that a fleet of clients does not come back at one instant. */
export function backoffDelay(attempt: number, random: () => number): number {
  return Math.round(random() * backoffCeiling(attempt));
}
