import { expect, test } from "vitest";
import { dayAt, dayName, dayOf, offsetMinutes, weekOf } from "../src/calendar";

const day = (name: string) => dayOf(name) ?? Number.NaN;

test("days are counted and named as the server does", () => {
  for (const [name, count] of [
    ["1970-01-01", 0],
    ["1972-02-29", 789],
    ["2000-03-01", 11_017],
    ["2026-11-25", 20_782],
  ] as const) {
    expect(dayOf(name), name).toBe(count);
    expect(dayName(count)).toBe(name);
  }
  for (const bad of [
    "",
    "2026-02-29",
    "2026-02-30",
    "2026-13-01",
    "2026-1-1",
    "26-01-01",
    "2026-01-01T",
    "x",
  ]) {
    expect(dayOf(bad), bad).toBeUndefined();
  }
});

test("today is where the clock is, and an offset is one that the server takes", () => {
  const hourBeforeMidnight = Date.UTC(2026, 10, 25, 23);
  expect(dayName(dayAt(hourBeforeMidnight, 0))).toBe("2026-11-25");
  expect(dayName(dayAt(hourBeforeMidnight, 60))).toBe("2026-11-26");
  expect(dayName(dayAt(Date.UTC(2026, 10, 25, 3), -300))).toBe("2026-11-24");
  const at = (minutes: number) => offsetMinutes({ getTimezoneOffset: () => minutes });
  expect([at(0), at(-60), at(300), at(-345), at(-840)]).toEqual([0, 60, -300, 345, 840]);
  expect(Object.is(at(0), 0), "no minus in an address").toBe(true);
  // Offsets of long ago had seconds and odd minutes, and no clock is further than the server's bounds.
  expect([at(-344), at(-1_000), at(1_000)]).toEqual([345, 840, -720]);
});

test("a week begins on its Monday", () => {
  expect(dayName(weekOf(day("2026-11-25")))).toBe("2026-11-23");
  expect(dayName(weekOf(day("2026-11-23")))).toBe("2026-11-23");
  expect(dayName(weekOf(day("2026-11-29")))).toBe("2026-11-23");
  expect(dayName(weekOf(day("1970-01-01")))).toBe("1969-12-29");
  expect(dayName(weekOf(day("2027-01-01")))).toBe("2026-12-28");
});
