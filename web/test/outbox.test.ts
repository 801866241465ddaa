import { expect, test } from "vitest";
import { type Command, OUTBOX_ENTRIES_MAX, Outbox, sessionsWithAnswers } from "../src/connection/outbox";
import { KEEP_MS } from "../src/storage";
import { question } from "./examples";
import { MemoryStorage } from "./memory-storage";

function answer(id: string): Command {
  return { type: "answer", request_id: id, position: 1, response: { kind: "choice", options: ["o4f1c2a"] } };
}

test("an answer survives a reload with its request id and its question", () => {
  const storage = new MemoryStorage();
  new Outbox("s1", storage, 0).add({ message: answer("r1"), question: question(1), at: 5 });
  const [entry] = new Outbox("s1", storage, 10).list();
  expect(entry).toEqual({ message: answer("r1"), question: question(1), at: 5 });
});

test("a settled answer is gone after a reload too", () => {
  const storage = new MemoryStorage();
  const outbox = new Outbox("s1", storage, 0);
  outbox.add({ message: answer("r1"), at: 5 });
  outbox.settle("r1");
  expect(outbox.list()).toEqual([]);
  expect(new Outbox("s1", storage, 0).list()).toEqual([]);
});

test("sessions do not see each other's answers, and two tabs do not overwrite each other's", () => {
  const storage = new MemoryStorage();
  const [one, two] = [new Outbox("s1", storage, 0), new Outbox("s1", storage, 0)];
  one.add({ message: answer("r1"), at: 1 });
  two.add({ message: answer("r2"), at: 2 });
  one.settle("r1");
  expect(new Outbox("s1", storage, 0).list().map(({ message }) => message.request_id)).toEqual(["r2"]);
  expect(new Outbox("s2", storage, 0).list()).toEqual([]);
});

test("what another tab replaced, or had a reply to, is not sent by this one; what no storage keeps is", () => {
  const storage = new MemoryStorage();
  const one = new Outbox("s1", storage, 0);
  one.add({ message: answer("r1"), at: 1 });
  const two = new Outbox("s1", storage, 0);
  one.settle("r1");
  one.add({ message: answer("r2"), at: 2 });
  expect(two.list()).toEqual([]);
  new Outbox("s1", storage, 0).settle("r2");
  one.end();
  expect([one.list(), one.unsettled()]).toEqual([[], []]);
  two.add({ message: { type: "pause", request_id: "p" }, at: 3 });
  storage.full = true;
  two.add({ message: answer("r3"), at: 4 });
  expect(two.list().map(({ message }) => message.request_id)).toEqual(["p", "r3"]);
});

test("answers come back oldest first; a pause does not come back at all, a finish does", () => {
  const storage = new MemoryStorage();
  const outbox = new Outbox("s1", storage, 0);
  outbox.add({ message: { type: "finish", request_id: "f" }, at: 3 });
  outbox.add({ message: { type: "pause", request_id: "p" }, at: 2 });
  outbox.add({ message: answer("r1"), at: 1 });
  expect(new Outbox("s1", storage, 0).list().map(({ message }) => message.type)).toEqual([
    "answer",
    "finish",
  ]);
});

test("the outbox refuses beyond its bound and forgets what nobody came back for", () => {
  const storage = new MemoryStorage();
  const outbox = new Outbox("s1", storage, 0);
  for (let i = 0; i < OUTBOX_ENTRIES_MAX; i += 1)
    expect(outbox.add({ message: answer(`r${i}`), at: 0 })).toBe(true);
  expect(outbox.add({ message: answer("one too many"), at: 0 })).toBe(false);
  expect(new Outbox("other", storage, KEEP_MS + 1).list()).toEqual([]);
  expect(storage.length).toBe(0);
});

test("when the session ends, answers are set aside and survive a reload; the rest is forgotten", () => {
  const storage = new MemoryStorage();
  const outbox = new Outbox("s1", storage, 0);
  outbox.add({ message: { type: "finish", request_id: "f" }, at: 1 });
  outbox.add({ message: answer("r1"), at: 2 });
  outbox.end();
  for (const seen of [outbox, new Outbox("s1", storage, 0)]) {
    expect(seen.list()).toEqual([]);
    expect(seen.unsettled().map(({ message }) => message.request_id)).toEqual(["r1"]);
  }
  expect(storage.length).toBe(1);
  expect(new Outbox("s1", storage, KEEP_MS + 3).unsettled()).toEqual([]);
});

test("the sessions that keep an answer are known, until it is settled or set aside", () => {
  const storage = new MemoryStorage();
  const [one, two, three] = ["s1", "s2", "s3"].map((id) => new Outbox(id, storage, 0));
  one?.add({ message: answer("r1"), at: 1 });
  one?.add({ message: answer("r.2"), at: 1 });
  two?.add({ message: answer("r3"), at: 1 });
  three?.add({ message: { type: "finish", request_id: "f" }, at: 1 });
  expect(sessionsWithAnswers(storage)).toEqual(["s1", "s2"]);
  one?.settle("r1");
  one?.settle("r.2");
  two?.end();
  expect(sessionsWithAnswers(storage)).toEqual([]);
});

test("a storage that refuses or holds nonsense costs the reload, never the page", () => {
  const storage = new MemoryStorage();
  storage.setItem("learnr.outbox.s1.bad", "{nonsense");
  storage.full = true;
  const outbox = new Outbox("s1", storage, 0);
  expect(outbox.add({ message: answer("r1"), at: 0 })).toBe(true);
  expect(outbox.list()).toHaveLength(1);
});
