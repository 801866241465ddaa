import type { AreaStanding, CertificationInfo, SessionInfo } from "@protocol";
import { expect, test } from "vitest";
import { dayOf } from "../src/calendar";
import { draftOf, todaysChoice, weakestArea } from "../src/home/choice";
import { daysToExam, minutesToday } from "../src/home/goal";
import { decline, mayInvite } from "../src/home/invitation";
import { STREAK_DAYS_MAX, streak } from "../src/home/streak";
import { chooseHere, chosenHere, inFocus, theirs } from "../src/home/whose";
import { usualDraft } from "../src/session/start-draft";
import { KEEP_MS } from "../src/storage";
import { MemoryStorage } from "./memory-storage";

const TODAY = dayOf("2026-11-26") ?? 0;

const practised = (...names: string[]) => names.map((day) => ({ day, answers: 3 }));

test("a streak is days in a row up to today, and a day that is not over breaks nothing", () => {
  expect(streak([], TODAY)).toBe(0);
  expect(streak(practised("2026-11-26"), TODAY)).toBe(1);
  expect(streak(practised("2026-11-24", "2026-11-25", "2026-11-26"), TODAY)).toBe(3);
  expect(streak(practised("2026-11-24", "2026-11-25"), TODAY), "today may still come").toBe(2);
  expect(streak(practised("2026-11-23", "2026-11-24"), TODAY), "yesterday was missed").toBe(0);
  expect(streak(practised("2026-11-24", "2026-11-26"), TODAY)).toBe(1);
  expect(streak(practised("2026-10-31", "2026-11-01"), dayOf("2026-11-01") ?? 0)).toBe(2);
  expect(streak([{ day: "2026-11-26", answers: 0 }], TODAY), "a session without answers is no practice").toBe(
    0,
  );
  expect(streak(practised("nonsense", "2026-11-27"), TODAY), "a day to come counts for nothing").toBe(0);
});

test("a streak is looked for so far back and no further", () => {
  const every = Array.from({ length: 400 }, (_, ago) => {
    const date = new Date((TODAY - ago) * 86_400_000).toISOString().slice(0, 10);
    return { day: date, answers: 1 };
  });
  expect(streak(every, TODAY)).toBe(STREAK_DAYS_MAX);
});

function area(id: string, change: Partial<AreaStanding> = {}): AreaStanding {
  return { area: id, title: id.toUpperCase(), score: 60, low: 50, high: 70, answers: 5, ...change };
}

function certification(id: string, areas: Record<string, number> = { a: 10, b: 10 }): CertificationInfo {
  const listed = Object.entries(areas).map(([of, items]) => ({ id: of, title: of, weight: 1, items }));
  return { id, title: id, description: "", items: 20, pass_mark: 0.7, areas: listed };
}

const standing = (areas: AreaStanding[], now = 0) => ({ areas, reviews: { now, next_days: [] } });

test("the session for now is what is due, else the weakest area, and with nothing known finding out", () => {
  const one = certification("one");
  expect(todaysChoice(undefined, one)).toEqual({ kind: "diagnostic" });
  const untouched = standing([area("a", { answers: 0 }), area("b", { answers: 0 })], 4);
  expect(todaysChoice(untouched, one), "nothing can be due without an answer").toEqual({
    kind: "diagnostic",
  });
  const known = [area("a"), area("b", { score: 40 })];
  expect(todaysChoice(standing(known, 4), one)).toEqual({ kind: "review", due: 4 });
  expect(todaysChoice(standing(known), one)).toEqual({ kind: "focused", area: known[1] });
  expect(todaysChoice(standing(known), certification("one", { a: 0, b: 0 }))).toEqual({ kind: "practice" });
});

test("the weakest area has the lowest score, then the fewest answers, and questions to ask", () => {
  const one = certification("one", { a: 5, b: 5, c: 0 });
  const weakest = (...areas: AreaStanding[]) => weakestArea(areas, one)?.area;
  expect(weakest(area("a"), area("b", { score: 59 }), area("c", { score: 10 }))).toBe("b");
  expect(weakest(area("a"), area("b", { answers: 2 }))).toBe("b");
  expect(weakest(area("a"), area("b"))).toBe("a");
  expect(weakest(area("gone", { score: 1 })), "the version may have lost an area").toBeUndefined();
});

test("a suggested session has the learner's length, and a review is no longer than what is due", () => {
  const length = () => 10;
  expect(draftOf({ kind: "diagnostic" }, length)).toEqual({ ...usualDraft("diagnostic"), length: 10 });
  expect(draftOf({ kind: "focused", area: area("a") }, length).areas).toEqual(["a"]);
  expect([1, 7, 40].map((due) => draftOf({ kind: "review", due }, length).length)).toEqual([5, 7, 10]);
});

test("the exam is so many days away, today, over, or not set", () => {
  const goal = (exam_date: string | null) => ({ goals: [{ certification: "one", exam_date, target: null }] });
  const left = (date: string | null) => daysToExam(goal(date), "one", TODAY);
  expect([left("2026-12-08"), left("2026-11-27"), left("2026-11-26"), left("2026-11-20")]).toEqual([
    12, 1, 0, -6,
  ]);
  expect(left(null)).toBeUndefined();
  expect(left("2026-02-31")).toBeUndefined();
  expect(daysToExam(goal("2026-12-08"), "two", TODAY)).toBeUndefined();
  expect(daysToExam(undefined, "one", TODAY)).toBeUndefined();
});

test("minutes of today are whole ones, and yesterday's are not today's", () => {
  const days = [
    { day: "2026-11-25", elapsed_ms: 3_600_000 },
    { day: "2026-11-26", elapsed_ms: 179_999 },
  ];
  expect(minutesToday(days, TODAY)).toBe(2);
  const elsewhere = { day: "2026-11-26", elapsed_ms: 1 };
  expect(minutesToday([...days, elsewhere], TODAY), "minutes of a day are those of every certification").toBe(
    3,
  );
  expect(minutesToday([], TODAY)).toBe(0);
});

const ref = (id: string) => ({ certification: { id, title: id } }) as SessionInfo;

test("theirs are those with open sessions, then practised, then with a goal, each once and only those there are", () => {
  const all = ["one", "two", "three", "four"].map((id) => certification(id));
  const past = ["three", "two", "gone"].map((id) => ({ session: ref(id) }));
  const goals = [{ certification: "one", exam_date: null, target: 0.8 }];
  const mine = theirs(all, { open: [ref("two")], past, goals });
  expect(mine.map(({ id }) => id)).toEqual(["two", "three", "one"]);
  expect(inFocus(mine, all, "one")?.id).toBe("one");
  expect(inFocus(mine, all, "four")?.id, "chosen once, but theirs no more").toBe("two");
  expect(inFocus([], all, undefined), "a newcomer chooses").toBeUndefined();
  expect(inFocus([], all.slice(0, 1), undefined)?.id, "or has nothing to choose").toBe("one");
});

test("what was chosen on this device is kept, and nonsense is nothing", () => {
  const storage = new MemoryStorage();
  expect(chosenHere(storage)).toBeUndefined();
  chooseHere(storage, "two", 1);
  expect(chosenHere(storage)).toBe("two");
  storage.setItem("learnr.home", '{"certification":7,"at":1}');
  expect(chosenHere(storage)).toBeUndefined();
  storage.full = true;
  chooseHere(storage, "two", 1);
});

test("a guest who said not now is left alone for a while", () => {
  const storage = new MemoryStorage();
  expect(mayInvite(storage, 0)).toBe(true);
  decline(storage, 1_000);
  expect(mayInvite(storage, 1_000 + KEEP_MS)).toBe(false);
  expect(mayInvite(storage, 1_001 + KEEP_MS)).toBe(true);
});
