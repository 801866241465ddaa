import { expect, test } from "vitest";
import { dayName, dayOf } from "../src/calendar";
import { accuracy, activityRows, competencyRows } from "../src/progress/series";

const day = (name: string) => dayOf(name) ?? Number.NaN;
const did = (name: string, answers: number, correct: number) => ({
  day: name,
  sessions: 1,
  answers,
  correct,
  elapsed_ms: answers * 1_000,
});

test("every day of the span has a row, and a pause is one of nothing", () => {
  const rows = activityRows(
    [did("2026-11-24", 10, 5), did("2026-11-26", 4, 4)],
    day("2026-11-23"),
    day("2026-11-26"),
    "day",
  );
  expect(rows.map((row) => [dayName(row.day), row.answers])).toEqual([
    ["2026-11-23", 0],
    ["2026-11-24", 10],
    ["2026-11-25", 0],
    ["2026-11-26", 4],
  ]);
  expect(rows.map(accuracy)).toEqual([null, 50, null, 100]);
});

test("weeks add up their days, the first one as far as the span reaches", () => {
  const days = [did("2026-11-18", 2, 1), did("2026-11-22", 3, 2), did("2026-11-23", 5, 5)];
  const rows = activityRows(days, day("2026-11-18"), day("2026-11-26"), "week");
  expect(rows).toEqual([
    { day: day("2026-11-16"), sessions: 2, answers: 5, correct: 3, elapsedMs: 5_000 },
    { day: day("2026-11-23"), sessions: 1, answers: 5, correct: 5, elapsedMs: 5_000 },
  ]);
});

test("a year is as many rows as it has days or weeks, and days outside it or unreadable are left out", () => {
  const [from, to] = [day("2025-11-26"), day("2026-11-26")];
  expect(activityRows([], from, to, "day")).toHaveLength(366);
  expect(activityRows([], from, to, "week")).toHaveLength(53);
  const odd = [did("2024-01-01", 1, 1), did("someday", 1, 1)];
  expect(activityRows(odd, from, to, "day").every(({ answers }) => answers === 0)).toBe(true);
});

test("competency is in order of days, with its interval", () => {
  const point = (name: string, score: number) => ({
    day: name,
    score,
    low: score - 10,
    high: score + 10,
    theta: 0,
    standard_error: 1,
  });
  const points = [point("2026-11-26", 60), point("someday", 1), point("2026-11-24", 50)];
  expect(competencyRows({ points })).toEqual([
    { day: day("2026-11-24"), score: 50, low: 40, high: 60 },
    { day: day("2026-11-26"), score: 60, low: 50, high: 70 },
  ]);
});
