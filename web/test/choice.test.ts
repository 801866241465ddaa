import { expect, test } from "vitest";
import type { Snapshot } from "../src/connection/connection";
import type { Command } from "../src/connection/outbox";
import { choose, draftFor, optionOfKey, verdictOf, viewOf } from "../src/session/choice";
import { NOTHING_YET, reduce } from "../src/session/state";
import { answeredAt, golden, question, stateAt } from "./examples";

const [FIRST, SECOND] = ["o4f1c2a", "o9b03de"];

function snapshot(change: Partial<Snapshot> = {}): Snapshot {
  const session = reduce(NOTHING_YET, stateAt(1)).state;
  return { link: { kind: "live" }, session, pending: [], ...change };
}

test("digits stand for options in the served order, and for nothing beyond them", () => {
  expect(["1", "2", "3", "9", "0", "a"].map((key) => optionOfKey(question(1), key))).toEqual([
    FIRST,
    SECOND,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test("one option is swapped, many are toggled in the served order", () => {
  const one = question(1);
  const many = { ...one, select: "many" as const };
  const empty = draftFor(one, undefined);
  expect(choose(one, choose(one, empty, FIRST ?? ""), SECOND ?? "").options).toEqual([SECOND]);
  const both = choose(many, choose(many, empty, SECOND ?? ""), FIRST ?? "");
  expect(both.options).toEqual([FIRST, SECOND]);
  expect(choose(many, both, FIRST ?? "").options).toEqual([SECOND]);
});

test("a draft stays with its question over a reconnect and not with the next one", () => {
  const draft = choose(question(1), draftFor(question(1), undefined), FIRST ?? "");
  expect(draftFor(question(1), draft)).toBe(draft);
  expect(draftFor(question(2), draft).options).toEqual([]);
});

test("an answer on its way locks its question with what was chosen", () => {
  const message: Command = {
    type: "answer",
    request_id: "r",
    position: 1,
    response: { kind: "choice", options: [SECOND ?? ""] },
  };
  const view = viewOf(snapshot({ pending: [{ message, at: 0 }] }), 0);
  expect(view).toMatchObject({ kind: "question", sent: [SECOND] });
});

test("a result stays until the learner goes on, in this tab alone", () => {
  const session = reduce(snapshot().session, answeredAt(1, "r1")).state;
  expect(viewOf(snapshot({ session }), 0)).toMatchObject({ kind: "result", last: false });
  expect(viewOf(snapshot({ session }), 1)).toMatchObject({ kind: "question", question: { position: 2 } });
});

test("an ended session shows its last result first, then is over; a paused one shows neither", () => {
  const { next: _, ...last } = answeredAt(1, "r1");
  const answered = reduce(snapshot().session, last).state;
  const session = reduce(answered, golden("completed", { offset: 3, prev: 2 })).state;
  expect(viewOf(snapshot({ session }), 0)).toMatchObject({ kind: "result", last: true });
  expect(viewOf(snapshot({ session }), 1)).toEqual({ kind: "over" });
  expect(viewOf(snapshot({ session: { ...answered, status: "paused" } }), 0)).toEqual({ kind: "paused" });
});

test("verdicts say what was chosen and what was right, and nothing of the rest", () => {
  const { type: _, ...answer } = answeredAt(1, "r1");
  const wrong = { question: question(1), answer: { ...answer, choice: [SECOND ?? ""], correct: false } };
  expect([FIRST, SECOND, "other"].map((id) => verdictOf(wrong, id ?? ""))).toEqual([
    "right",
    "chosen_wrong",
    undefined,
  ]);
  expect(verdictOf({ question: question(1), answer }, FIRST ?? "")).toBe("chosen_right");
});
