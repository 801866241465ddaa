import { expect, test } from "vitest";
import { choose, draftFor } from "../src/session/choice";
import { Drafts } from "../src/session/drafts";
import { KEEP_MS } from "../src/storage";
import { question } from "./examples";
import { MemoryStorage } from "./memory-storage";

const [FIRST, SECOND] = ["o4f1c2a", "o9b03de"] as const;
const chosen = (position: number, option: string = FIRST) =>
  choose(question(position), draftFor(question(position), undefined), option);

test("a choice survives a reload, for its session and its question alone", () => {
  const storage = new MemoryStorage();
  new Drafts("s1", storage, 0).keep(chosen(3), 5);
  expect(new Drafts("s1", storage, 10).of(question(3))).toEqual(chosen(3));
  expect(new Drafts("s1", storage, 10).of(question(4))).toBeUndefined();
  expect(new Drafts("s1", storage, 10).of({ ...question(3), item_id: "another" })).toBeUndefined();
  expect(new Drafts("s2", storage, 10).of(question(3))).toBeUndefined();
});

test("the last choice is the one that is kept, and taking everything back keeps nothing", () => {
  const storage = new MemoryStorage();
  const drafts = new Drafts("s1", storage, 0);
  drafts.keep(chosen(1), 1);
  drafts.keep(chosen(1, SECOND), 2);
  expect(drafts.of(question(1))?.options).toEqual([SECOND]);
  drafts.keep({ ...chosen(1), options: [] }, 3);
  expect(storage.length).toBe(0);
});

test("a choice goes when its question is answered, and all of them when the session ends", () => {
  const storage = new MemoryStorage();
  const drafts = new Drafts("s1", storage, 0);
  drafts.keep(chosen(1), 1);
  drafts.keep(chosen(2), 2);
  new Drafts("s2", storage, 0).keep(chosen(1), 3);
  drafts.answered(1);
  expect(drafts.of(question(1))).toBeUndefined();
  expect(drafts.of(question(2))).toEqual(chosen(2));
  drafts.end();
  expect(drafts.of(question(2))).toBeUndefined();
  expect(new Drafts("s2", storage, 0).of(question(1))).toEqual(chosen(1));
});

test("a choice the question does not offer, nonsense, and a full storage cost the choice, never the page", () => {
  const storage = new MemoryStorage();
  const drafts = new Drafts("s1", storage, 0);
  const texts = [
    "{nonsense",
    "null",
    JSON.stringify({ at: 1 }),
    JSON.stringify({ at: 1, itemId: "item-1", options: "o4f1c2a" }),
    JSON.stringify({ at: 1, itemId: "item-1", options: ["of another version"] }),
    JSON.stringify({ at: 1, itemId: "item-1", options: [FIRST, SECOND] }),
  ];
  for (const text of texts) {
    storage.setItem("learnr.draft.s1.1", text);
    expect(drafts.of(question(1)), text).toBeUndefined();
  }
  expect(drafts.of({ ...question(1), select: "many" })?.options).toEqual([FIRST, SECOND]);
  storage.full = true;
  drafts.keep(chosen(2), 1);
  expect(drafts.of(question(2))).toBeUndefined();
});

test("choices that nobody came back for are forgotten", () => {
  const storage = new MemoryStorage();
  new Drafts("s1", storage, 0).keep(chosen(1), 0);
  new Drafts("other", storage, KEEP_MS + 1);
  expect(storage.length).toBe(0);
});
