/**
 * Owns what the charts of progress are drawn from: days and weeks as rows, gaps as gaps. Pure: what the server tells, to
 * rows that a chart draws and a table lists.
 */
import type { ActivityDay, AreaProgress } from "@protocol";
import { type Day, dayOf, weekOf } from "../calendar";

/** Spans that can be chosen, in days; the longest is the server's longest. */
export const SPANS_DAYS = [30, 90, 366] as const;

export type Step = "day" | "week";

/** A day's or a week's answers. */
export interface ActivityRow {
  /** The day, or the Monday of the week. */
  readonly day: Day;
  readonly sessions: number;
  readonly answers: number;
  readonly correct: number;
  readonly elapsedMs: number;
}

/** A row for every day or week of the span, those without practice as well: a pause is to be seen. */
export function activityRows(days: readonly ActivityDay[], from: Day, to: Day, step: Step): ActivityRow[] {
  const startOf = (day: Day) => (step === "week" ? weekOf(day) : day);
  const rows = new Map<Day, ActivityRow>();
  for (let day = from; day <= to; day += 1) {
    const start = startOf(day);
    if (!rows.has(start)) rows.set(start, { day: start, sessions: 0, answers: 0, correct: 0, elapsedMs: 0 });
  }
  for (const one of days) {
    const day = dayOf(one.day);
    const row = day === undefined ? undefined : rows.get(startOf(day));
    if (row === undefined) continue;
    rows.set(row.day, {
      day: row.day,
      sessions: row.sessions + one.sessions,
      answers: row.answers + one.answers,
      correct: row.correct + one.correct,
      elapsedMs: row.elapsedMs + one.elapsed_ms,
    });
  }
  return [...rows.values()];
}

/** Per cent right; null where nothing was answered. */
export function accuracy({ answers, correct }: Pick<ActivityRow, "answers" | "correct">): number | null {
  return answers === 0 ? null : (100 * correct) / answers;
}

/** An area's competency on a day, in points of a hundred. */
export interface CompetencyRow {
  readonly day: Day;
  readonly score: number;
  readonly low: number;
  readonly high: number;
}

/** In order of days; a day that cannot be read is left out. */
export function competencyRows({ points }: Pick<AreaProgress, "points">): CompetencyRow[] {
  return points
    .flatMap(({ day: name, score, low, high }) => {
      const day = dayOf(name);
      return day === undefined ? [] : [{ day, score, low, high }];
    })
    .sort((a, b) => a.day - b.day);
}
