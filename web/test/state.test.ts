import { expect, test } from "vitest";
import { NOTHING_YET, reduce, type SessionState } from "../src/session/state";
import { answeredAt, golden, question, serverExamples, stateAt } from "./examples";

function drawn(position = 1): SessionState {
  const welcome = golden("welcome", { recovered: false });
  return reduce(reduce(NOTHING_YET, welcome).state, stateAt(position)).state;
}

test.each(serverExamples)("the golden %s folds in, and leaves the state it was given alone", (_, message) => {
  const prev = "prev" in message ? message.prev : 0;
  const before: SessionState = { ...drawn(), offset: prev };
  const copy = structuredClone(before);
  const { outcome } = reduce(before, message);
  expect(before).toEqual(copy);
  expect(outcome).not.toBe("gap");
});

test("state redraws everything from nothing", () => {
  const state = reduce(drawn(3), golden("state", { offset: 9, status: "paused", competency: [] })).state;
  expect(state.offset).toBe(9);
  expect(state.status).toBe("paused");
  expect(state.areas.size).toBe(0);
  expect(state.result).toBeUndefined();
});

test("an answer shows its result, moves its area and brings the next question", () => {
  const { state, outcome } = reduce(drawn(1), answeredAt(1, "r1"));
  expect(outcome).toBe("applied");
  expect(state.offset).toBe(2);
  expect(state.result?.question).toEqual(question(1));
  expect(state.result?.answer.correct).toBe(true);
  expect(state.question).toEqual(question(2));
  expect(state.areas.get("elicitation")?.before).toBeDefined();
});

test("a frame that comes twice or late changes nothing", () => {
  const once = reduce(drawn(1), answeredAt(1, "r1")).state;
  const twice = reduce(once, answeredAt(1, "r1"));
  expect(twice.outcome).toBe("late");
  expect(twice.state).toBe(once);
  expect(reduce(once, golden("started", { offset: 1, prev: 0 })).state).toBe(once);
});

test("a gap is reported and changes nothing", () => {
  const before = drawn(1);
  const { state, outcome } = reduce(before, answeredAt(3, "r3"));
  expect(outcome).toBe("gap");
  expect(state).toBe(before);
});

test("the same reply given again after a reload shows its result and invents no progress", () => {
  const reloaded = drawn(2);
  const { state, outcome } = reduce(reloaded, answeredAt(1, "r1"), question(1));
  expect(outcome).toBe("late");
  expect(state.result?.question).toEqual(question(1));
  expect(state.progress).toEqual(reloaded.progress);
  expect(state.question).toEqual(question(2));
  expect(reduce(drawn(5), answeredAt(1, "r1"), question(1)).state.result).toBeUndefined();
});

test("a result being read stays when the whole state comes and the history has not moved", () => {
  const reading = reduce(drawn(1), answeredAt(1, "r1")).state;
  expect(reduce(reading, stateAt(2)).state.result).toBe(reading.result);
  expect(reduce(reading, stateAt(3)).state.result).toBeUndefined();
});

test("the last answer leaves no question, and completed brings the summary", () => {
  const { next: _, ...last } = answeredAt(1, "r1");
  const answered = reduce(drawn(1), last).state;
  expect(answered.question).toBeUndefined();
  const done = reduce(answered, golden("completed", { offset: 3, prev: 2 })).state;
  expect(done.status).toBe("completed");
  expect(done.summary?.answered).toBe(20);
  expect(done.result?.answer.position).toBe(1);
});

test("a pause keeps the question, and a resume moves its deadline", () => {
  const paused = reduce(drawn(2), golden("session_changed")).state;
  expect(paused.status).toBe("paused");
  expect(paused.question).toEqual(question(2));
  const going = golden("session_changed", { offset: 4, prev: 3, status: "open", deadline_ms: 99 });
  expect(reduce(paused, going).state.question?.deadline_ms).toBe(99);
});

test("an exam's receipt moves on without a word about right and wrong", () => {
  const { state } = reduce(
    drawn(1),
    golden("recorded", { offset: 2, prev: 1, position: 1, next: question(2) }),
  );
  expect(state.result).toBeUndefined();
  expect(state.question).toEqual(question(2));
});

test("a message of a type this client does not know is let pass", () => {
  const before = drawn(1);
  expect(reduce(before, { type: "confetti" } as never).state).toBe(before);
  expect(reduce(before, { type: "confetti", offset: 2, prev: 1 } as never).state).toEqual({
    ...before,
    offset: 2,
  });
});
