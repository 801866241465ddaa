import { readFileSync } from "node:fs";
import type { AnsweredQuestion, ReviewedQuestion, SessionAnswers } from "@protocol";
import { expect, test } from "vitest";
import { queryOf } from "../src/api/looking-back";
import { ofAnswer, ofReview, shown, takesMany, verdictOn } from "../src/session/looking-back";
import { question } from "./examples";

const [FIRST, SECOND] = ["o4f1c2a", "o9b03de"] as const;
const GOLDEN = new URL("../../protocol/examples/rest/session_answers.json", import.meta.url);
const golden = JSON.parse(readFileSync(GOLDEN, "utf8")) as SessionAnswers;

function reviewed(change: Partial<ReviewedQuestion> & { choice?: string[] }): ReviewedQuestion {
  const { choice, ...rest } = change;
  return {
    question: { ...question(1), ...(choice && { choice }) },
    correct: false,
    correct_choice: choice ? [FIRST] : [],
    explanations: [],
    flagged: false,
    elapsed_ms: 1_000,
    ...rest,
  };
}

function answered(change: Partial<AnsweredQuestion> = {}): AnsweredQuestion {
  const [first] = golden.answers;
  if (first === undefined) throw new Error("the golden answers are empty");
  return { ...first, ...change };
}

test("both routes come to the same thing to look at", () => {
  const one = ofAnswer(answered());
  expect(one).toMatchObject({ position: 1, item: "baf-001", came: "right", choice: [FIRST], key: [FIRST] });
  expect(one.explanations.get(FIRST)).toMatch(/stake/);
  const other = ofReview(reviewed({ choice: [SECOND], flagged: true }));
  expect(other).toMatchObject({ came: "wrong", flagged: true, took: 1_000, choice: [SECOND] });
});

test("of a question without an answer, and of an exam that goes on, nothing is said to be right", () => {
  const none = ofReview(reviewed({}));
  const { correct: _, ...rest } = answered({ correct_choice: [], explanations: [] });
  const untold = ofAnswer(rest);
  expect([none.came, untold.came]).toEqual(["none", "untold"]);
  for (const one of [none, untold]) {
    for (const { id } of one.options) expect(verdictOn(one, id)).toBeUndefined();
  }
});

test("each option is said to be what it was", () => {
  const wrong = ofReview(reviewed({ choice: [SECOND] }));
  expect([verdictOn(wrong, FIRST), verdictOn(wrong, SECOND), verdictOn(wrong, "other")]).toEqual([
    "right",
    "chosen_wrong",
    undefined,
  ]);
  expect(takesMany(wrong)).toBe(false);
  expect(takesMany({ ...wrong, key: [FIRST, SECOND] })).toBe(true);
});

test("what was missed has the wrong answers and those not given", () => {
  const list = [
    reviewed({ choice: [FIRST], correct: true }),
    reviewed({ choice: [SECOND], flagged: true }),
    reviewed({}),
  ].map(ofReview);
  const came = (filter: Parameters<typeof shown>[1]) => shown(list, filter).map((one) => one.came);
  expect(came("missed")).toEqual(["wrong", "none"]);
  expect(came("right")).toEqual(["right"]);
  expect(came("flagged")).toEqual(["wrong"]);
  expect(came("all")).toHaveLength(3);
});

test("the history is asked for as it is narrowed, page by page", () => {
  expect(queryOf({})).toBe("");
  expect(queryOf({ certification: "a b", status: "open" }, "x=/+")).toBe(
    "?certification=a+b&status=open&cursor=x%3D%2F%2B",
  );
});
