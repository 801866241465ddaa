import type { ExamGrid, Question } from "@protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Snapshot } from "../src/connection/connection";
import type { Command } from "../src/connection/outbox";
import {
  EMPTY_EXAM,
  type ExamView,
  examOf,
  isFlagged,
  leftBehind,
  placesOf,
  sameChoice,
  supersededBy,
  takesAnswers,
  tallyOf,
} from "../src/session/exam";
import { placeOfKey } from "../src/session/exam-grid";
import { phaseOf, SAVE_WITH_LEFT_MS } from "../src/session/exam-time";
import { NOTHING_YET, reduce, type SessionState } from "../src/session/state";
import { golden, question } from "./examples";

const LENGTH = 6;

function examAt(position: number, grid: ExamGrid = { answered: [], flagged: [] }): SessionState {
  const progress = { answered: grid.answered.length, correct: 0, length: LENGTH };
  const state = golden("state", { offset: 1, progress, question: question(position), exam: grid });
  return reduce(NOTHING_YET, state).state;
}

function answerTo(position: number, id = `r${position}`, options = ["o4f1c2a"]): Command {
  return { type: "answer", request_id: id, position, response: { kind: "choice", options } };
}

function recorded(position: number, next?: Question, at = 1) {
  const { next: _, ...base } = golden("recorded", { offset: at + 1, prev: at, position });
  return { ...base, progress: { answered: 1, correct: 0, length: LENGTH }, ...(next && { next }) };
}

test("the state tells which questions are answered and flagged", () => {
  const { exam } = examAt(3, { answered: [1, 2], flagged: [2] });
  expect([...(exam?.answered ?? [])]).toEqual([1, 2]);
  expect([...(exam?.flagged ?? [])]).toEqual([2]);
});

test("a recorded answer marks its question and moves on, and one elsewhere leaves the learner where they are", () => {
  const moved = reduce(examAt(1), recorded(1, question(2))).state;
  expect(moved.exam?.answered.has(1)).toBe(true);
  expect(moved.question?.position).toBe(2);
  const stayed = reduce(examAt(4), recorded(1)).state;
  expect(stayed.question).toEqual(question(4));
  expect(stayed.exam?.last).toMatchObject({ position: 1, choice: ["o4f1c2a"] });
});

test("the answer to the last question stays open with what is recorded for it", () => {
  const state = reduce(examAt(LENGTH), recorded(LENGTH)).state;
  expect(state.question).toEqual({ ...question(LENGTH), choice: ["o4f1c2a"] });
});

test("flags are set and taken away, and twice is once", () => {
  const flag = (at: number, flagged: boolean) =>
    golden("session_changed", { offset: at + 1, prev: at, status: "open", flag: { position: 2, flagged } });
  const set = reduce(examAt(1), flag(1, true)).state;
  expect(set.exam?.flagged.has(2)).toBe(true);
  expect(reduce(set, flag(1, true)).outcome).toBe("late");
  expect(reduce(set, flag(2, false)).state.exam?.flagged.size).toBe(0);
  expect(set.exam?.flagged.has(2), "what was is left alone").toBe(true);
});

test("no state of another kind has places", () => {
  expect(reduce(NOTHING_YET, golden("state")).state.exam).toBeUndefined();
  expect(reduce(NOTHING_YET, golden("started", { offset: 1, prev: 0 })).state.exam).toBeUndefined();
});

test("every question is said to be what this device knows of it", () => {
  const exam = examOf({ answered: [1, 2, 4], flagged: [3] });
  const pending: Command[] = [answerTo(5), { type: "flag", request_id: "f", position: 1 }];
  const places = placesOf({ length: LENGTH, exam, pending, unsaved: new Set([4, 6]), current: 6 });
  expect(places.map(({ standing }) => standing)).toEqual([
    "answered",
    "answered",
    "unanswered",
    "unsaved",
    "saving",
    "unsaved",
  ]);
  expect(places.filter(({ flagged }) => flagged).map(({ position }) => position)).toEqual([1, 3]);
  expect(places.filter(({ current }) => current).map(({ position }) => position)).toEqual([6]);
  expect(tallyOf(places, exam)).toEqual({
    answered: 4,
    unanswered: [3, 6],
    unsaved: [4, 6],
    flagged: [1, 3],
  });
});

const position = fc.integer({ min: 1, max: LENGTH });
const some = fc.uniqueArray(position);

test("whatever is answered, flagged and on its way, the tally counts every question once", () => {
  const command = fc.oneof(
    position.map((at) => answerTo(at)),
    fc.record({ type: fc.constantFrom("flag", "unflag"), request_id: fc.string(), position }),
  ) as fc.Arbitrary<Command>;
  fc.assert(
    fc.property(some, some, some, fc.array(command), (answered, flagged, unsaved, pending) => {
      const exam = examOf({ answered, flagged });
      const places = placesOf({ length: LENGTH, exam, pending, unsaved: new Set(unsaved), current: 1 });
      const tally = tallyOf(places, exam);
      expect(tally.answered + tally.unanswered.length).toBe(LENGTH);
      for (const at of answered) expect(tally.unanswered).not.toContain(at);
      expect(tally.flagged).toEqual(
        places.map((place) => place.position).filter((at) => isFlagged(exam, pending, at)),
      );
    }),
  );
});

test("the fold over any answers, flags and moves is what a naive sheet comes to", () => {
  const act = fc.record({ kind: fc.constantFrom("answer", "flag", "unflag", "move"), at: position });
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      const [answered, flagged] = [new Set<number>(), new Set<number>()];
      let state = examAt(1);
      let open = 1;
      for (const { kind, at } of acts) {
        const { offset } = state;
        const told = { offset: offset + 1, prev: offset, status: "open" as const };
        if (kind === "answer") {
          const next = at === open && at < LENGTH ? question(at + 1) : undefined;
          answered.add(at);
          open = next?.position ?? open;
          state = reduce(state, recorded(at, next, offset)).state;
        } else if (kind === "move") {
          open = at;
          state = reduce(state, golden("session_changed", { ...told, question: question(at) })).state;
        } else {
          if (kind === "flag") flagged.add(at);
          else flagged.delete(at);
          const flag = { position: at, flagged: kind === "flag" };
          state = reduce(state, golden("session_changed", { ...told, flag })).state;
        }
      }
      expect(state.question?.position).toBe(open);
      expect(state.exam?.answered).toEqual(answered);
      expect(state.exam?.flagged).toEqual(flagged);
    }),
  );
});

test("a new answer or flag makes what waits for the same question pointless, and nothing else", () => {
  const flag = (id: string, at: number): Command => ({ type: "flag", request_id: id, position: at });
  const pending = [answerTo(1, "a1"), answerTo(2, "a2"), flag("f1", 1), flag("f2", 2)];
  expect(supersededBy(answerTo(1, "new"), pending)).toEqual(["a1"]);
  expect(supersededBy({ type: "unflag", request_id: "new", position: 2 }, pending)).toEqual(["f2"]);
  expect(supersededBy({ type: "finish", request_id: "new" }, pending)).toEqual([]);
});

test("the question left is saved unless another device answered it unheard", () => {
  const left = { question: question(1), last: undefined };
  const answered = (...positions: number[]): ExamView => ({ ...EMPTY_EXAM, answered: new Set(positions) });
  expect(leftBehind(left, EMPTY_EXAM, question(1)), "still open").toBeUndefined();
  expect(leftBehind(left, EMPTY_EXAM, question(2))).toEqual(question(1));
  expect(leftBehind(left, answered(1), question(2)), "answered elsewhere").toBeUndefined();
  const last = { position: 1, requestId: "r", choice: ["o9b03de"] };
  expect(leftBehind(left, { ...answered(1), last }, question(2)), "as it is recorded now").toEqual({
    ...question(1),
    choice: ["o9b03de"],
  });
});

test("nothing is sent by itself to an exam that takes no answer any more", () => {
  const open: Snapshot = { link: { kind: "live" }, session: examAt(1), pending: [] };
  const finish = { message: { type: "finish", request_id: "f" }, at: 0 } as const;
  expect(takesAnswers(open, "ending")).toBe(true);
  expect(takesAnswers({ ...open, link: { kind: "offline" } }, "running"), "kept until it is back").toBe(true);
  expect(takesAnswers(open, "over")).toBe(false);
  expect(takesAnswers({ ...open, pending: [finish] }, "running"), "submitted").toBe(false);
  expect(takesAnswers({ ...open, link: { kind: "ended" } }, "running")).toBe(false);
  const stopped = { kind: "stopped", words: "", again: false } as const;
  expect(takesAnswers({ ...open, link: stopped }, "running")).toBe(false);
  const session = { ...open.session, status: "completed" } as const;
  expect(takesAnswers({ ...open, session }, "running")).toBe(false);
});

test("two choices are the same in any order", () => {
  expect(sameChoice(["a", "b"], ["b", "a"])).toBe(true);
  expect(sameChoice(["a"], ["a", "b"])).toBe(false);
  expect(sameChoice([], [])).toBe(true);
});

test("the time of an exam is running, about to end, or over", () => {
  expect([60_000, SAVE_WITH_LEFT_MS + 1, SAVE_WITH_LEFT_MS, 1, 0, -5].map(phaseOf)).toEqual([
    "running",
    "running",
    "ending",
    "ending",
    "over",
    "over",
  ]);
});

test("arrow keys move as the grid lies, and stop at its edges", () => {
  const grid = { from: 5, length: 10, columns: 4, rightToLeft: false };
  const to = (key: string, change = {}) => placeOfKey(key, { ...grid, ...change });
  expect(["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "Home", "End"].map((key) => to(key))).toEqual([
    6, 4, 9, 1, 1, 10,
  ]);
  expect(to("ArrowRight", { rightToLeft: true })).toBe(4);
  expect([to("ArrowUp", { from: 2 }), to("ArrowDown", { from: 8 }), to("ArrowRight", { from: 10 })]).toEqual([
    2, 8, 10,
  ]);
  for (const key of ["a", "Enter", "constructor", "__proto__"]) expect(to(key), key).toBeUndefined();
  const columns = fc.integer({ min: 0, max: 9 });
  const vertical = fc.constantFrom("ArrowUp", "ArrowDown");
  fc.assert(
    fc.property(position, columns, vertical, (from, wide, key) => {
      const at = to(key, { from, columns: wide, length: LENGTH }) ?? 0;
      expect(at >= 1 && at <= LENGTH).toBe(true);
    }),
  );
});
