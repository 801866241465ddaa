import { expect, test } from "vitest";
import { startPath, withDebug } from "../src/paths";
import {
  draftFrom,
  draftOfKind,
  queryOf,
  remember,
  remembered,
  requestOf,
  type StartDraft,
  UNSAID,
  usualDraft,
} from "../src/session/start-draft";
import { MemoryStorage } from "./memory-storage";

const ONE = {
  areas: [
    { id: "a", title: "A", weight: 0.5, items: 10 },
    { id: "b, c", title: "B", weight: 0.5, items: 10 },
    { id: "empty", title: "Empty", weight: 0, items: 0 },
  ],
};
const NOTHING_KEPT = { areas: [], kinds: {} };

const from = (query: string, kept = NOTHING_KEPT) => draftFrom(new URLSearchParams(query), kept, ONE);

test("without an address and without memory it is the usual", () => {
  expect(from("")).toEqual({ kind: "practice", areas: [], length: 20, minutes: UNSAID });
  expect(from("kind=diagnostic").length).toBe(30);
  expect(from("kind=exam").length, "as the certification says").toBe(UNSAID);
});

test("a draft comes back from its own address, whatever an area is called", () => {
  const drafts: StartDraft[] = [
    usualDraft("practice"),
    usualDraft("exam"),
    { kind: "focused", areas: ["a", "b, c"], length: 10, minutes: 15 },
    { kind: "review", areas: [], length: 7, minutes: UNSAID },
    { kind: "exam", areas: [], length: 1, minutes: 600 },
  ];
  for (const draft of drafts) expect(from(queryOf(draft)), queryOf(draft)).toEqual(draft);
  expect(withDebug(startPath("a b", queryOf(usualDraft("review"))), true)).toBe(
    "/start/a%20b?kind=review&debug",
  );
  expect(from("kind=review&debug").kind).toBe("review");
});

test("nonsense in an address is left out", () => {
  expect(from("kind=party&length=4&minutes=0&area=nowhere")).toEqual(from(""));
  expect(from("length=201").length).toBe(20);
  expect(from("length=1e2").length).toBe(20);
  expect(from("length=-5").length).toBe(20);
  expect(from("kind=exam&length=501").length).toBe(UNSAID);
  expect(from("minutes=601").minutes).toBe(UNSAID);
  expect(from("kind=focused&area=empty&area=a").areas, "nothing can be asked of an empty area").toEqual([
    "a",
  ]);
});

test("a request says only what a kind has", () => {
  expect(requestOf(usualDraft("exam"), "one")).toEqual({ certification: "one", kind: "exam" });
  expect(requestOf({ kind: "practice", areas: ["a"], length: 5, minutes: 15 }, "one")).toEqual({
    certification: "one",
    kind: "practice",
    length: 5,
    time_limit_minutes: 15,
  });
  expect(requestOf({ ...usualDraft("focused"), areas: ["a"] }, "one").areas).toEqual(["a"]);
});

test("what was started last is remembered kind by kind, certification by certification", () => {
  const storage = new MemoryStorage();
  remember(storage, "one", { kind: "focused", areas: ["a"], length: 10, minutes: 15 }, 1);
  remember(storage, "one", { kind: "practice", areas: [], length: 50, minutes: UNSAID }, 2);
  const kept = remembered(storage, "one");
  expect(draftFrom(new URLSearchParams(), kept, ONE)).toEqual({
    kind: "practice",
    areas: ["a"],
    length: 50,
    minutes: UNSAID,
  });
  expect(draftOfKind("focused", kept, ONE)).toEqual({
    kind: "focused",
    areas: ["a"],
    length: 10,
    minutes: 15,
  });
  expect(draftOfKind("diagnostic", kept, ONE).length).toBe(30);
  expect(draftFrom(new URLSearchParams("kind=focused&length=5"), kept, ONE).length).toBe(5);
  expect(remembered(storage, "two")).toEqual(NOTHING_KEPT);
});

test("what cannot be read is not remembered, and a full storage is no fault", () => {
  const storage = new MemoryStorage();
  for (const nonsense of [
    "x",
    '{"at":1,"kind":"party","areas":"a","kinds":[]}',
    '{"at":1,"kinds":{"practice":null,"exam":7}}',
    '{"at":1,"kinds":{"practice":{"length":"many","minutes":-1}},"areas":[1,null]}',
  ]) {
    storage.setItem("learnr.start.one", nonsense);
    expect(draftFrom(new URLSearchParams(), remembered(storage, "one"), ONE), nonsense).toEqual(from(""));
  }
  storage.full = true;
  remember(storage, "one", usualDraft("practice"), 1);
});
