import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findBrowser } from "../e2e/harness/executable";

const folder = mkdtempSync(join(tmpdir(), "learnr-path-"));
const [one, two] = [join(folder, "one"), join(folder, "two")];

beforeAll(() => {
  mkdirSync(one);
  mkdirSync(two);
  for (const file of [
    join(one, "google-chrome"),
    join(two, "chromium-browser"),
    join(two, "google-chrome"),
  ]) {
    writeFileSync(file, "");
    chmodSync(file, 0o755);
  }
  writeFileSync(join(one, "chromium"), "not a program");
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the browser is the one named, or else the first of the names that is on the path", () => {
  const PATH = [one, two].join(delimiter);
  expect(findBrowser({ CHROMIUM: "/opt/my-chromium", PATH })).toBe("/opt/my-chromium");
  expect(findBrowser({ CHROMIUM: "", PATH })).toBe(join(two, "chromium-browser"));
  expect(findBrowser({ PATH: one })).toBe(join(one, "google-chrome"));
  expect(() => findBrowser({ PATH: join(folder, "nothing") })).toThrow(/no chromium, .* set CHROMIUM/);
});
