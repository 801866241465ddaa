import { expect, test } from "vitest";
import { ServerClock } from "../src/connection/clock";

test("timers follow the server's clock when this device's is wrong by an hour", () => {
  let local = 1_000_000;
  const clock = new ServerClock(() => local);
  clock.read(local + 3_600_000, local);
  local += 5_000;
  expect(clock.now()).toBe(local + 3_600_000);
});

test("half of the round trip is added, and the reading with the shortest one wins", () => {
  let local = 1_000;
  const clock = new ServerClock(() => local);
  clock.read(51_000, 800);
  expect(clock.now()).toBe(51_100);
  local = 2_000;
  clock.read(99_000, 0);
  expect(clock.now()).toBe(52_100);
  clock.read(52_095, 1_990);
  expect(clock.now()).toBe(52_100);
});

test("an old good reading gives way to a fresh worse one, for clocks that drift", () => {
  let local = 0;
  const clock = new ServerClock(() => local);
  clock.read(100, 0);
  local = 11 * 60_000;
  clock.read(local + 500, local - 200);
  expect(clock.now()).toBe(local + 600);
});
