import type { Preferences, PreferencesView } from "@protocol";
import { expect, test } from "vitest";
import {
  emailProblem,
  examDate,
  NOTE_CHARS_MAX,
  nameProblem,
  newPasswordProblem,
  noteProblem,
  PASSWORD_CHARS_MAX,
  passwordProblem,
  wholeNumber,
} from "../src/account/checks";
import { takeMailToken } from "../src/account/mail-token";
import { draftOf, preferencesOf, problemsOf, timeZone } from "../src/account/preferences-draft";
import { applyTheme } from "../src/theme";
import { MemoryStorage } from "./memory-storage";

test("an address is missing, or has no @ with something on both sides, or is left to the server", () => {
  for (const bad of ["", "  ", "ada", "@example.org", "ada@", "a b@example.org"]) {
    expect(emailProblem(bad), bad).toBeDefined();
  }
  for (const good of ["ada@example.org", " ada@example.org ", "ä@ö.example", "a@b"]) {
    expect(emailProblem(good), good).toBeUndefined();
  }
});

test("a password that is chosen has its bounds in characters, one that is signed in with has none", () => {
  expect(newPasswordProblem("")).toBeDefined();
  expect(newPasswordProblem("short")).toMatch(/at least 8/);
  expect(newPasswordProblem("🔑".repeat(4)), "four characters, eight UTF-16 units").toBeDefined();
  expect(newPasswordProblem("🔑".repeat(PASSWORD_CHARS_MAX))).toBeUndefined();
  expect(newPasswordProblem("x".repeat(PASSWORD_CHARS_MAX + 1))).toMatch(/at most 128/);
  expect(passwordProblem("x")).toBeUndefined();
  expect(passwordProblem("")).toBeDefined();
});

test("names and notes have their ends", () => {
  expect(nameProblem("")).toBeUndefined();
  expect(nameProblem("x".repeat(81))).toMatch(/at most 80/);
  expect(noteProblem("x".repeat(NOTE_CHARS_MAX))).toBeUndefined();
  expect(noteProblem("x".repeat(NOTE_CHARS_MAX + 1))).toBe("The note is 1 character too long.");
  expect(noteProblem("x".repeat(NOTE_CHARS_MAX + 2))).toBe("The note is 2 characters too long.");
});

test("nothing entered is nothing, and nonsense is no number and no day", () => {
  expect(["", " 30 ", "4", "481", "5.5", "-9", "1e2", "x"].map((text) => wholeNumber(text, 5, 480))).toEqual([
    null,
    30,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(["", "2027-02-28", "2027-02-29", "2028-02-29", "27-1-1", "x"].map(examDate)).toEqual([
    null,
    "2027-02-28",
    undefined,
    "2028-02-29",
    undefined,
    undefined,
  ]);
});

const PREFERENCES: Preferences = {
  goals: [
    { certification: "a", exam_date: "2027-03-01", target: 0.8 },
    { certification: "gone", exam_date: "2027-04-01", target: null },
  ],
  daily_minutes: 30,
  time_zone: timeZone(),
  time_multiplier: 1.5,
  theme: "dark",
  reminders: true,
};

/** More was granted than the learner asks for. */
const TOLD: PreferencesView = { ...PREFERENCES, granted_time_multiplier: 2 };

test("preferences come back as they went, without what was granted, with the goals of certifications that are not here", () => {
  const draft = draftOf(TOLD, [{ id: "a" }, { id: "b" }]);
  expect(draft.goals).toEqual([
    { certification: "a", date: "2027-03-01", target: "80" },
    { certification: "b", date: "", target: "" },
  ]);
  expect([draft.multiplier, draft.granted]).toEqual([1.5, 2]);
  expect(problemsOf(draft, new Set())).toEqual({});
  expect(preferencesOf(draft)).toEqual(PREFERENCES);
});

test("each wrong field has its own words, and half a date is not an empty one", () => {
  const draft = draftOf(TOLD, [{ id: "a" }]);
  const wrong = { ...draft, minutes: "3", goals: [{ certification: "a", date: "", target: "110" }] };
  const problems = problemsOf(wrong, new Set(["date-0"]));
  expect(Object.keys(problems).sort()).toEqual(["date-0", "minutes", "target-0"]);
  expect(problems.minutes).toMatch(/from 5 to 480/);
});

test("the token of a mail is read once and leaves the address", () => {
  let shown = "";
  const history = {
    replaceState: (_state: unknown, _title: string, url: string) => {
      shown = url;
    },
  };
  const page = (pathname: string, search: string) =>
    ({ location: { pathname, search }, history }) as unknown as Window;
  expect(takeMailToken(page("/confirm", "?token=t%2B1&debug"))).toBe("t+1");
  expect(shown).toBe("/confirm?debug=");
  expect(takeMailToken(page("/confirm", "?debug=")), "drawn again").toBe("t+1");
  expect(takeMailToken(page("/reset", "")), "another page's").toBe("");
});

test("a theme is on the document and in storage, and the device's is neither", () => {
  const dataset: DOMStringMap = {};
  const document = { documentElement: { dataset } } as unknown as Document;
  const storage = new MemoryStorage();
  applyTheme("dark", document, storage);
  expect([dataset.theme, storage.getItem("learnr.theme")]).toEqual(["dark", "dark"]);
  applyTheme("system", document, storage);
  expect([dataset.theme, storage.getItem("learnr.theme")]).toEqual([undefined, null]);
  storage.full = true;
  applyTheme("light", document, storage);
  expect(dataset.theme).toBe("light");
});
