/**
 * Owns days where the reader is, as the routes of history count them: one offset for a whole span. Pure.
 */

export const DAY_MS = 86_400_000;

/** What the server takes as offsets, in minutes: multiples of a quarter of an hour within these. */
const OFFSET_STEP_MINUTES = 15;
const OFFSET_MIN_MINUTES = -720;
const OFFSET_MAX_MINUTES = 840;

/** Days since 1970-01-01, on which every calendar of this page counts. */
export type Day = number;

/** What the clock of `now` is ahead of UTC, in minutes, as the server takes it. */
export function offsetMinutes(now: Pick<Date, "getTimezoneOffset">): number {
  const ahead = Math.round(-now.getTimezoneOffset() / OFFSET_STEP_MINUTES) * OFFSET_STEP_MINUTES;
  // `+ 0` for the minus that zero may have: an address says "0".
  return Math.min(OFFSET_MAX_MINUTES, Math.max(OFFSET_MIN_MINUTES, ahead)) + 0;
}

/** `nowMs`: since the epoch. */
export function dayAt(nowMs: number, offset: number): Day {
  return Math.floor((nowMs + offset * 60_000) / DAY_MS);
}

/** Undefined for what is in no calendar. */
export function dayOf(name: string): Day | undefined {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(name)) return undefined;
  const ms = Date.parse(`${name}T00:00:00Z`);
  // Some readers take 30 February for 2 March.
  return !Number.isNaN(ms) && dayName(ms / DAY_MS) === name ? ms / DAY_MS : undefined;
}

/** `YYYY-MM-DD`. */
export function dayName(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The Monday of its week (ISO 8601); 1970-01-01 was a Thursday. */
export function weekOf(day: Day): Day {
  const sinceMonday = (((day + 3) % 7) + 7) % 7;
  return day - sinceMonday;
}
