import type { ReviewedQuestion } from "@protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Command, Entry } from "../src/connection/outbox";
import { announcementOf } from "../src/session/announce";
import { notCountedInExam } from "../src/session/not-counted";
import { golden, question } from "./examples";
import { FakeServer } from "./fake-server";

let server: FakeServer;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_764_000_000_000 });
  server = new FakeServer();
});
afterEach(() => vi.useRealTimers());

const after = (ms: number) => vi.advanceTimersByTimeAsync(ms);

async function sitting(): Promise<void> {
  server.connection.start();
  await after(0);
  server.socket.onopen?.();
  server.socket.say(golden("welcome", { recovered: false, stream: "k3v9x2" }));
  const progress = { answered: 0, correct: 0, length: 6 };
  const exam = { answered: [], flagged: [] };
  server.socket.say(golden("state", { offset: 1, progress, question: question(1), exam }));
}

function answer(id: string, options: string[], position = 1): Command {
  return { type: "answer", request_id: id, position, response: { kind: "choice", options } };
}

test("going to another question is said to the server at once, and to nobody while it is away", async () => {
  await sitting();
  expect(server.connection.goTo(4)).toBe(true);
  expect(server.socket.of("go_to").map(({ position }) => position)).toEqual([4]);
  server.socket.onclose?.({ code: 1006 });
  expect(server.connection.goTo(5)).toBe(false);
});

test("an answer replaced while the server is away is not sent any more", async () => {
  await sitting();
  server.socket.onclose?.({ code: 1006 });
  server.connection.submit(answer("r1", ["o4f1c2a"]));
  server.connection.submit({ type: "flag", request_id: "f1", position: 1 });
  server.connection.submit(answer("r2", ["o9b03de"]));
  server.connection.submit({ type: "unflag", request_id: "f2", position: 1 });
  await after(250);
  server.welcomeBack();
  await after(1_000);
  expect(server.socket.of("answer").map((message) => message.request_id)).toEqual(["r2"]);
  expect(server.socket.of("flag")).toEqual([]);
  expect(server.socket.of("unflag").map((message) => message.request_id)).toEqual(["f2"]);
});

test("the reply to an answer that was replaced settles nothing of the later one", async () => {
  await sitting();
  server.connection.submit(answer("r1", ["o4f1c2a"]));
  server.connection.submit(answer("r2", ["o9b03de"]));
  const progress = { answered: 1, correct: 0, length: 6 };
  const stored = { position: 1, progress, next: question(2) };
  server.socket.say(golden("recorded", { ...stored, offset: 2, prev: 1, request_id: "r1" }));
  expect(server.connection.snapshot.value.pending.map(({ message }) => message.request_id)).toEqual(["r2"]);
});

test("what is stored is said aloud, and where it came from", async () => {
  await sitting();
  const spoken = (requestId: string) => {
    const before = server.connection.snapshot.value;
    const told: string[] = [];
    let heard = before;
    const stop = server.connection.snapshot.subscribe(() => {
      told.push(announcementOf(heard, server.connection.snapshot.value, (id) => id));
      heard = server.connection.snapshot.value;
    });
    const { offset } = before.session;
    const progress = { answered: 1, correct: 0, length: 6 };
    const stored = { offset: offset + 1, prev: offset, request_id: requestId, position: 1, progress };
    server.socket.say(golden("recorded", { ...stored, next: question(2) }));
    stop();
    return told.filter((words) => words !== "");
  };
  server.connection.submit(answer("r1", ["o4f1c2a"]));
  expect(spoken("r1")).toEqual(["Question 1 saved."]);
  expect(spoken("elsewhere")).toEqual(["Question 1 was answered on another device."]);
  server.connection.submit(answer("r2", ["o4f1c2a"]));
  server.connection.submit(answer("r3", ["o9b03de"]));
  expect(spoken("r2"), "one's own, replaced before it was stored").toEqual([]);
  expect(spoken("r3")).toEqual(["Question 1 saved."]);
});

test("of an exam's kept answers those are told of that are not what is recorded", () => {
  const entry = (position: number, options: string[], at: number): Entry => ({
    message: answer(`r${at}`, options, position),
    at,
  });
  const reviewed = (position: number, ...choice: string[]): ReviewedQuestion => ({
    question: { ...question(position), ...(choice.length > 0 && { choice }) },
    correct: false,
    correct_choice: [],
    explanations: [],
    flagged: false,
    elapsed_ms: 0,
  });
  const kept = [entry(5, ["b"], 1), entry(2, ["a"], 2), entry(5, ["a"], 3), entry(3, ["a"], 4)];
  expect(notCountedInExam(kept, [reviewed(2, "a"), reviewed(3), reviewed(5, "a")])).toEqual([3]);
  expect(notCountedInExam(kept, [])).toEqual([2, 3, 5]);
});
