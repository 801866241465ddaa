import { expect, test } from "vitest";
import { chosen } from "../src/words";
import { plural } from "../src/words/format";

test("the first of the reader's languages that there is a catalogue of is spoken, else English", () => {
  expect(chosen(["xx", "en-GB"]).language).toBe("en");
  for (const tags of [[], ["xx"], ["constructor"], ["__proto__"], [""]]) {
    expect(chosen(tags).language, String(tags)).toBe("en");
    expect(chosen(tags).words.app).toBe("LearnR");
  }
});

test("a number has the form its language gives it", () => {
  const english = plural("en");
  expect([0, 1, 2].map((count) => english(count, { one: "question", other: "questions" }))).toEqual([
    "questions",
    "question",
    "questions",
  ]);
  const polish = plural("pl");
  const forms = { one: "pytanie", few: "pytania", other: "pytań" };
  expect([1, 3, 5].map((count) => polish(count, forms))).toEqual(["pytanie", "pytania", "pytań"]);
});
