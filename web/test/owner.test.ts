import type { AccountRole, ItemStatistics } from "@protocol";
import { expect, test } from "vitest";
import { opened } from "../src/account/authored";
import { exportName, exportPath } from "../src/api/owner";
import { queryOf } from "../src/api/query";
import { exportProblems, exportWish, NEW_EXPORT } from "../src/owner/export-draft";
import {
  figureWords,
  foundItems,
  ITEM_COLUMNS,
  JUDGED_MIN,
  nextSort,
  ROWS_SHOWN,
  rowsAt,
  sortedItems,
  TEXTUAL,
  verdictOf,
  verdictWords,
} from "../src/owner/items";
import { words } from "../src/words";

const titleOf = (area: string) => (area === "el" ? "Elicitation" : area);

function item(id: string, more: Partial<ItemStatistics> = {}): ItemStatistics {
  return {
    item_id: id,
    area: "el",
    active: true,
    served: 0,
    exposure_rate: 0,
    answers: 0,
    correct: 0,
    judged: 0,
    ...more,
  };
}

test("an author is shown the certifications they are entered for, an admin every one, and nobody else any", () => {
  const here = [{ id: "a" }, { id: "b" }];
  const of = (roles: AccountRole[]) => opened({ roles, authored: ["b", "gone"] }, here);
  expect(of(["author"])).toEqual([{ id: "b" }]);
  expect(of(["author", "admin"])).toEqual(here);
  expect(opened({ roles: ["author"], authored: [] }, here)).toEqual([]);
  expect(of([])).toBeUndefined();
});

const ids = (items: readonly ItemStatistics[]) => items.map(({ item_id }) => item_id);

test("questions are sorted by any column, those without a figure last whichever way, and alike ones by id", () => {
  const half = { p_value: 0.5 };
  const items = [item("q10", half), item("q2", { p_value: 0.9 }), item("q1"), item("q3", half)];
  const by = (descending: boolean) => ids(sortedItems(items, { key: "right", descending }, titleOf));
  expect(by(true)).toEqual(["q2", "q3", "q10", "q1"]);
  expect(by(false)).toEqual(["q3", "q10", "q2", "q1"]);
  const byId = sortedItems(items, { key: "item", descending: false }, titleOf);
  expect(ids(byId)).toEqual(["q1", "q2", "q3", "q10"]);
  for (const key of ITEM_COLUMNS) {
    expect(sortedItems(items, { key, descending: true }, titleOf), key).toHaveLength(items.length);
  }
});

test("the gravest that was found comes first", () => {
  const judged = JUDGED_MIN;
  const items = [
    item("few", { judged: judged - 1 }),
    item("fine", { judged }),
    item("redundant", { judged, misfit: "redundant" }),
    item("noisy", { judged, misfit: "noisy" }),
    item("key", { judged, misfit: "does_not_discriminate" }),
  ];
  const sorted = sortedItems(items, { key: "verdict", descending: false }, titleOf);
  expect(ids(sorted)).toEqual(["key", "noisy", "redundant", "fine", "few"]);
  expect(sorted.map(verdictOf)).toEqual(["does_not_discriminate", "noisy", "redundant", "none", "too_few"]);
  expect(verdictWords(item("few", { judged: 12 }))).toBe("Too few to judge: 12 of 30");
});

test("a column is turned round by its second press; figures begin with the highest, words with the first", () => {
  const start = { key: "item", descending: false } as const;
  const answers = nextSort(start, "answers", TEXTUAL);
  expect(answers).toEqual({ key: "answers", descending: true });
  expect(nextSort(answers, "answers", TEXTUAL)).toEqual({ key: "answers", descending: false });
  expect(nextSort(answers, "area", TEXTUAL)).toEqual({ key: "area", descending: false });
});

test("questions are found by every word, in their id, their area or what was found", () => {
  const noisy = item("baf-002", { misfit: "noisy", judged: 40 });
  const items = [item("baf-001"), noisy, item("x", { area: "plan" })];
  const found = (text: string, only = false) => ids(foundItems(items, text, only, titleOf));
  expect(found("")).toEqual(["baf-001", "baf-002", "x"]);
  expect(found("  BAF elicit ")).toEqual(["baf-001", "baf-002"]);
  expect(found("002 surprising")).toEqual(["baf-002"]);
  expect(found("plan")).toEqual(["x"]);
  expect(found("", true)).toEqual(["baf-002"]);
  expect(found("nothing like it")).toEqual([]);
});

test("figures that are not there yet say so, and fit comes with its errors", () => {
  const none = item("q");
  for (const key of ["right", "time", "discrimination", "infit", "outfit"] as const) {
    expect(figureWords(none, key, titleOf)).toBe(words.owner.noFigure);
  }
  const used = item("q", { served: 240, exposure_rate: 0.2, infit: 1.424, infit_z: 3.8, p_value: 0.7056 });
  expect(figureWords(used, "served", titleOf)).toMatch(/^240 \(20\s?%\)$/);
  expect(figureWords(used, "infit", titleOf)).toBe("1.42 (3.8)");
  expect(figureWords(used, "right", titleOf)).toMatch(/^71\s?%$/);
});

test("rows are drawn some at a time, and whoever was behind the end is at the beginning again", () => {
  const rows = Array.from({ length: ROWS_SHOWN + 1 }, (_, row) => row);
  expect(rowsAt(rows, 0)).toMatchObject({ first: 0, previous: undefined, next: ROWS_SHOWN });
  expect(rowsAt(rows, 0).shown).toHaveLength(ROWS_SHOWN);
  const last = { first: ROWS_SHOWN, shown: [ROWS_SHOWN], previous: 0, next: undefined };
  expect(rowsAt(rows, ROWS_SHOWN)).toEqual(last);
  expect(rowsAt(rows.slice(0, 3), ROWS_SHOWN)).toMatchObject({ first: 0, shown: [0, 1, 2], next: undefined });
  expect(rowsAt([], 0)).toMatchObject({ first: 0, shown: [], next: undefined });
});

test("every column that is shown is named and explained", () => {
  for (const key of ITEM_COLUMNS) {
    expect(words.owner.columns[key], key).not.toBe("");
    expect(words.owner.meanings[key].length, key).toBeGreaterThan(20);
  }
});

test("an export's days are whole, in order, and asked of answers alone", () => {
  expect(exportProblems(NEW_EXPORT)).toEqual({});
  expect(exportProblems({ ...NEW_EXPORT, from: "2026-11-01", to: "2026-11-01" })).toEqual({});
  expect(exportProblems({ ...NEW_EXPORT, from: "2026-02-30" })).toHaveProperty("from");
  expect(exportProblems({ ...NEW_EXPORT, to: "soon" })).toHaveProperty("to");
  expect(exportProblems({ ...NEW_EXPORT, from: "2026-11-02", to: "2026-11-01" })).toHaveProperty("to");
  expect(exportProblems({ ...NEW_EXPORT, what: "items", from: "nonsense" })).toEqual({});
});

test("an export asks for what its kind takes, and its file has a plain name", () => {
  const dated = { ...NEW_EXPORT, from: "2026-11-01", to: "" };
  expect(exportPath("a b", exportWish(dated, "v1"))).toBe(
    "/v1/certifications/a%20b/export?what=answers&format=csv&from=2026-11-01",
  );
  expect(exportPath("a", exportWish({ ...dated, what: "items", format: "json" }, "v1"))).toBe(
    "/v1/certifications/a/export?what=items&format=json&version=v1",
  );
  expect(exportPath("a", exportWish({ ...dated, what: "learners" }, "v1"))).toBe(
    "/v1/certifications/a/export?what=learners&format=csv",
  );
  expect(exportName("../a b", exportWish(dated, undefined))).toBe("..ab-answers.csv");
  expect(queryOf({ a: undefined, b: "" })).toBe("");
  expect(queryOf({ a: "x&y=z", b: "ä" })).toBe("?a=x%26y%3Dz&b=%C3%A4");
});
