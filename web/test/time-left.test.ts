import { expect, test } from "vitest";
import { timeAnnouncement, timeLeftWords } from "../src/session/time-left";

test("time left is told in minutes, near the end in seconds", () => {
  const said = [3_600_000, 900_000, 899_600, 60_000, 59_700, 30_000, 9_600, 1_000].map(timeLeftWords);
  expect(said).toEqual([
    "60 minutes left.",
    "15 minutes left.",
    "15 minutes left.",
    "1 minute left.",
    "1 minute left.",
    "30 seconds left.",
    "10 seconds left.",
    "1 second left.",
  ]);
});

test("it is said at the beginning and at a few times, once each, and never of no time", () => {
  const half = (from: number, to: number) => {
    const said: string[] = [];
    let before: number | undefined;
    for (let left = from; left >= to; left -= 500) {
      const words = timeAnnouncement(before, left);
      if (words !== "") said.push(words);
      before = left;
    }
    return said;
  };
  expect(half(901_700, -2_000)).toEqual([
    "16 minutes left.",
    "10 minutes left.",
    "5 minutes left.",
    "1 minute left.",
    "10 seconds left.",
  ]);
  expect(half(59_900, 0)).toEqual(["1 minute left.", "10 seconds left."]);
  expect(timeAnnouncement(700_000, 8_000), "after a sleep, what is true now").toBe("8 seconds left.");
  expect(timeAnnouncement(undefined, 0)).toBe("");
});
