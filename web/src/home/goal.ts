/**
 * Owns what the learner set out to do, reckoned to today. Pure.
 */
import type { ActivityDay, Preferences } from "@protocol";
import { type Day, dayName, dayOf } from "../calendar";

/** Days until the exam: 0 today, negative when it is over; undefined when no day is set. */
export function daysToExam(
  preferences: Pick<Preferences, "goals"> | undefined,
  certification: string,
  today: Day,
): number | undefined {
  const date = preferences?.goals.find((goal) => goal.certification === certification)?.exam_date;
  const day = date == null ? undefined : dayOf(date);
  return day === undefined ? undefined : day - today;
}

/** Whole minutes of answering today, of all the days given: several certifications may have had some. */
export function minutesToday(days: readonly Pick<ActivityDay, "day" | "elapsed_ms">[], today: Day): number {
  const name = dayName(today);
  const elapsed = days.reduce((sum, { day, elapsed_ms }) => sum + (day === name ? elapsed_ms : 0), 0);
  return Math.floor(elapsed / 60_000);
}
