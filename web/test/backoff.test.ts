import { expect, test } from "vitest";
import { BACKOFF_FIRST_MS, BACKOFF_MAX_MS, backoffCeiling, backoffDelay } from "../src/connection/backoff";

test("the ceiling begins at 250 ms, doubles, and stops at 10 s", () => {
  expect([0, 1, 2, 3, 4, 5, 6].map(backoffCeiling)).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000]);
  expect(backoffCeiling(10_000)).toBe(BACKOFF_MAX_MS);
});

test("the wait is drawn from the whole range below the ceiling and never above it", () => {
  expect(backoffDelay(0, () => 0)).toBe(0);
  expect(backoffDelay(0, () => 0.999_999)).toBe(BACKOFF_FIRST_MS);
  expect(backoffDelay(50, () => 0.5)).toBe(BACKOFF_MAX_MS / 2);
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    const wait = backoffDelay(attempt % 20, Math.random);
    expect(wait).toBeGreaterThanOrEqual(0);
    expect(wait).toBeLessThanOrEqual(backoffCeiling(attempt % 20));
  }
});
