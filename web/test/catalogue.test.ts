import { readdirSync, readFileSync } from "node:fs";
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

/** Everything a catalogue says, by the names that lead to it. */
function entries(group: object, path: readonly string[] = []): (readonly string[])[] {
  return Object.entries(group).flatMap(([name, entry]) => {
    const to = [...path, name];
    return typeof entry === "object" && entry !== null ? entries(entry, to) : [to];
  });
}

/** `const { a, b: c } = words.group;`, or of `words` itself. */
const TAKEN_APART = /\{([^{}]*)\} = words(?:\.([\w.]+))?;/g;

/** The same uses, written as if nothing were taken apart: `words.group.a`; or a whole group under another name. */
function putTogether(code: string): string {
  return code.replace(TAKEN_APART, (_, names: string, group: string | undefined) => {
    const taken = names.split(",").map((name) => name.trim().split(/:\s*/));
    const uses = taken.flatMap(([name, alias]) => {
      if (group !== undefined) return [`words.${group}.${name}`];
      return alias === undefined ? [] : [`words.${name}`];
    });
    return `${uses.join("; ")};`;
  });
}

test("nothing stands in a catalogue that no page says", () => {
  const root = new URL("../src/", import.meta.url).pathname;
  const files = readdirSync(root, { recursive: true, encoding: "utf8" });
  const code = files
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith("words/"))
    .map((file) => putTogether(readFileSync(`${root}${file}`, "utf8")))
    .join("\n");
  // By its name; or with its group, by a value that comes from the server.
  const said = (path: readonly string[]) => {
    const own = ["words", ...path].slice(-2).join("\\.");
    const whole = path
      .slice(0, -1)
      .map((_, end) => ["words", ...path.slice(0, end + 1)].slice(-2).join("\\."));
    const uses = [`${own}\\b`, `\\b${path.at(-2)}\\[`, ...whole.map((group) => `${group}(?![\\w.])`)];
    return new RegExp(uses.join("|")).test(code);
  };
  const all = entries(chosen(["en"]).words);
  expect(all.length).toBeGreaterThan(300);
  expect(all.filter((path) => !said(path)).map((path) => path.join("."))).toEqual([]);
});
