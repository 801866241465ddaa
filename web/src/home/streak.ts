/**
 * Owns how many days in a row the learner practised. Pure.
 */
import type { ActivityDay } from "@protocol";
import { type Day, dayOf } from "../calendar";

/** How far back is looked: a longer streak is told as this many and more. */
export const STREAK_DAYS_MAX = 90;

/** Days in a row up to today; a day that is not over yet breaks nothing. */
export function streak(days: readonly Pick<ActivityDay, "day" | "answers">[], today: Day): number {
  const practised = new Set(days.filter(({ answers }) => answers > 0).map(({ day }) => dayOf(day)));
  let last = practised.has(today) ? today : today - 1;
  let count = 0;
  while (count < STREAK_DAYS_MAX && practised.has(last)) {
    count += 1;
    last -= 1;
  }
  return count;
}
