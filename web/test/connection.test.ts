import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError, unreachable } from "../src/api/errors";
import { ServerClock } from "../src/connection/clock";
import { WELCOME_WITHIN_MS } from "../src/connection/connection";
import { REPLY_WITHIN_MS, RETRY_AFTER_MS } from "../src/connection/courier";
import { PONG_WITHIN_MS } from "../src/connection/heartbeat";
import type { Command } from "../src/connection/outbox";
import { viewOf } from "../src/session/choice";
import { answeredAt, golden, question, stateAt } from "./examples";
import { FakeServer } from "./fake-server";

let server: FakeServer;

beforeEach(() => {
  vi.useFakeTimers({ now: 1_764_000_000_000 });
  server = new FakeServer();
});
afterEach(() => vi.useRealTimers());

/** Lets promises settle without moving the clock. */
const settle = () => vi.advanceTimersByTimeAsync(0);
const after = (ms: number) => vi.advanceTimersByTimeAsync(ms);

async function live(position = 1): Promise<void> {
  server.connection.start();
  await settle();
  server.welcome(position);
}

function answer(id: string, position = 1): Command {
  return { type: "answer", request_id: id, position, response: { kind: "choice", options: ["o4f1c2a"] } };
}

test("the first frame is hello with a ticket and nothing to resume", async () => {
  await live();
  expect(server.socket.of("hello")).toEqual([{ type: "hello", ticket: "t1", client: "learnr-web/0.1.0" }]);
  expect(server.link).toBe("live");
});

test("an answer goes out once, is kept until its reply, and is not sent again after it", async () => {
  await live();
  server.connection.submit(answer("r1"));
  expect(server.socket.of("answer").map((m) => m.request_id)).toEqual(["r1"]);
  expect(server.connection.snapshot.value.pending).toHaveLength(1);
  expect(server.connection.snapshot.value.session.progress.answered).toBe(0);
  server.socket.say(answeredAt(1, "r1"));
  expect(server.connection.snapshot.value.pending).toHaveLength(0);
  expect(server.connection.snapshot.value.session.progress.answered).toBe(1);
  await after(REPLY_WITHIN_MS * 2);
  expect(server.socket.of("answer")).toHaveLength(1);
});

test("a dead socket brings a new ticket, hello with resume, and the same request id again", async () => {
  await live();
  server.connection.submit(answer("r1"));
  server.socket.onclose?.({ code: 1006 });
  expect(server.link).toBe("reconnecting");
  await after(250);
  server.welcomeBack();
  expect(server.socket.of("hello")[0]).toMatchObject({
    ticket: "t2",
    resume: { stream: "k3v9x2", offset: 1 },
  });
  expect(server.socket.of("answer").map((m) => m.request_id)).toEqual(["r1"]);
});

test("another welcome on the same socket: what is unacknowledged goes out again, and the clock is not read from it", async () => {
  const read = vi.spyOn(ServerClock.prototype, "read");
  await live();
  server.connection.submit(answer("r1"));
  await after(1_000);
  expect(read).toHaveBeenCalledTimes(1);
  server.socket.say(golden("welcome", { recovered: false, stream: "k3v9x2" }));
  server.socket.say(stateAt(1));
  await after(250);
  expect(server.sockets).toHaveLength(1);
  expect(server.link).toBe("live");
  expect(server.socket.of("answer").map((m) => m.request_id)).toEqual(["r1", "r1"]);
  expect(read).toHaveBeenCalledTimes(1);
  read.mockRestore();
});

test("an answer survives a reload, goes out with its request id, and its late reply shows the result", async () => {
  await live();
  server.connection.submit(answer("r1"));
  server.connection.stop();
  server.page();
  await live(2);
  expect(server.socket.of("answer").map((m) => m.request_id)).toEqual(["r1"]);
  server.socket.say(answeredAt(1, "r1"));
  const { session, pending } = server.connection.snapshot.value;
  expect(pending).toHaveLength(0);
  expect(session.result?.question.position).toBe(1);
  expect(session.progress.answered).toBe(1);
});

test("the outbox goes out at 4 a second at most", async () => {
  await live();
  server.socket.onclose?.({ code: 1006 });
  for (const id of ["a", "b", "c", "d"]) server.connection.submit(answer(id));
  await after(250);
  server.welcomeBack();
  await after(2_000);
  const times = server.socket.received.filter(({ message }) => message.type === "answer").map(({ at }) => at);
  expect(times).toHaveLength(4);
  for (let i = 1; i < times.length; i += 1)
    expect((times[i] ?? 0) - (times[i - 1] ?? 0)).toBeGreaterThanOrEqual(250);
});

test("no reply and no saving for 5 s means reconnect; each saving begins the 5 s anew", async () => {
  await live();
  const first = server.socket;
  server.connection.submit(answer("r1"));
  for (let i = 0; i < 3; i += 1) {
    await after(REPLY_WITHIN_MS - 1_000);
    first.say(golden("saving", { request_id: "r1" }));
    expect(server.link).toBe("saving");
  }
  await after(REPLY_WITHIN_MS - 1);
  expect(first.closedWith).toBeUndefined();
  await after(1);
  expect(first.closedWith).toBe(4012);
  expect(server.link).toBe("reconnecting");
});

test("a gap asks for the whole state; so does a frame that cannot be read", async () => {
  await live();
  server.socket.say(answeredAt(3, "of another tab"));
  await after(250);
  expect(server.sockets).toHaveLength(2);
  server.welcome(4);
  expect(server.socket.of("hello")[0]).not.toHaveProperty("resume");
  expect(server.connection.snapshot.value.session.question).toEqual(question(4));
  server.socket.sayGarbage();
  await after(500);
  expect(server.sockets).toHaveLength(3);
});

test("waits grow with each failure under full jitter, and begin anew after a good connection", async () => {
  server.random = 1;
  server.refuse = unreachable();
  server.connection.start();
  const waits: number[] = [];
  for (let i = 0; i < 7; i += 1) {
    await settle();
    const { link } = server.connection.snapshot.value;
    if (link.kind !== "reconnecting" || link.at === undefined) throw new Error(`no wait but ${link.kind}`);
    waits.push(link.at - Date.now());
    await after(link.at - Date.now());
  }
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 10_000]);
  server.refuse = undefined;
  await after(10_000);
  server.welcome();
  await after(5_000);
  server.socket.onclose?.({ code: 1006 });
  expect(server.connection.snapshot.value.link).toEqual({ kind: "reconnecting", at: Date.now() + 250 });
});

test("a server that welcomes and drops does not reset the waits", async () => {
  server.random = 1;
  await live();
  server.socket.onclose?.({ code: 1011 });
  await after(250);
  server.welcomeBack();
  server.socket.onclose?.({ code: 1011 });
  expect(server.connection.snapshot.value.link).toEqual({ kind: "reconnecting", at: Date.now() + 500 });
});

test("going away: back after the server's own delay, not sooner, without backoff on top", async () => {
  await live();
  server.socket.say(golden("going_away", { reconnect_after_ms: 740 }));
  await after(100);
  server.socket.onclose?.({ code: 4001 });
  await after(639);
  expect(server.sockets).toHaveLength(1);
  await after(1);
  expect(server.sockets).toHaveLength(2);
});

test.each([1009, 4500, 4502, 4504])(
  "close code %i stops the page with words, until it is told to try",
  async (code) => {
    await live();
    server.socket.onclose?.({ code });
    await after(60_000);
    expect(server.sockets).toHaveLength(1);
    expect(server.connection.snapshot.value.link).toMatchObject({
      kind: "stopped",
      words: expect.stringMatching(/\.$/),
    });
    server.connection.start();
    await settle();
    expect(server.sockets).toHaveLength(2);
  },
);

test("a session that was removed stops the page for good, and nothing of it is kept", async () => {
  await live();
  server.connection.submit(answer("r1"));
  server.socket.onclose?.({ code: 4503 });
  await after(60_000);
  expect(server.sockets).toHaveLength(1);
  const { link, pending } = server.connection.snapshot.value;
  expect(link).toMatchObject({ kind: "stopped", again: false, words: expect.stringMatching(/removed/) });
  expect(pending).toHaveLength(0);
  expect(server.unsettled()).toHaveLength(0);
});

test("an expired ticket is replaced by a new one", async () => {
  server.connection.start();
  await settle();
  server.socket.onopen?.();
  server.socket.onclose?.({ code: 4030 });
  await after(250);
  server.welcome();
  expect(server.socket.of("hello")[0]?.ticket).toBe("t2");
});

test("a ticket refused for good stops, one refused for now is asked for again, an ended session ends", async () => {
  server.refuse = new ApiError("not_found", "there is no such session", false, 404);
  server.connection.start();
  await settle();
  expect(server.connection.snapshot.value.link).toEqual({
    kind: "stopped",
    words: "there is no such session",
    again: false,
  });
  server.refuse = new ApiError("ended", "the session has ended", false, 409);
  server.connection.start();
  await settle();
  expect(server.link).toBe("ended");
});

test("a session that a fault stopped says so, keeps nothing to send, and is not asked for again", async () => {
  await live();
  server.connection.submit(answer("r1"));
  server.refuse = new ApiError("faulted", "A fault on the server stopped this session.", false, 409);
  server.socket.onclose?.({ code: 1011 });
  await after(60_000);
  const { snapshot } = server.connection;
  expect(snapshot.value.link).toMatchObject({ kind: "stopped", again: false });
  expect(snapshot.value.pending).toHaveLength(0);
  expect(viewOf(snapshot.value, 0)).toEqual({ kind: "faulted" });
  expect(server.sockets).toHaveLength(1);
});

test("a refusal for now keeps the answer and waits as told; one for good lets it go and says why", async () => {
  await live();
  server.connection.submit(answer("r1"));
  const busy = golden("error", {
    request_id: "r1",
    code: "rate_limited",
    retryable: true,
    retry_after_ms: 900,
  });
  server.socket.say(busy);
  await after(899);
  expect(server.socket.of("answer")).toHaveLength(1);
  await after(1);
  expect(server.socket.of("answer")).toHaveLength(2);
  const { retry_after_ms: _, ...vague } = busy;
  server.socket.say(vague);
  await after(RETRY_AFTER_MS);
  expect(server.socket.of("answer")).toHaveLength(3);
  server.socket.say({
    ...vague,
    code: "already_answered",
    retryable: false,
    message: "question 1 is answered",
  });
  expect(server.connection.snapshot.value).toMatchObject({ pending: [], refusal: "Question 1 is answered." });
});

test("a page without a welcome, and one without a pong, both come back", async () => {
  server.connection.start();
  await settle();
  server.socket.onopen?.();
  await after(WELCOME_WITHIN_MS);
  expect(server.socket.closedWith).toBe(4012);
  await after(250);
  server.welcome();
  const second = server.socket;
  await after(25_000);
  expect(second.of("ping")).toHaveLength(1);
  second.say(golden("pong"));
  await after(24_000);
  expect(second.closedWith).toBeUndefined();
  await after(1_000 + PONG_WITHIN_MS);
  expect(second.closedWith).toBe(4012);
});

test("offline is said in words, and being online again does not wait", async () => {
  await live();
  server.online = false;
  server.random = 1;
  server.connection.submit(answer("r1"));
  server.socket.onclose?.({ code: 1006 });
  expect(server.link).toBe("offline");
  server.online = true;
  server.connection.wake();
  await settle();
  expect(server.sockets).toHaveLength(2);
});

test("a finish waits until what was submitted before it is stored, however often that is refused for now", async () => {
  await live();
  const sent = () =>
    server.socket.received.map(({ message }) => message.type).filter((type) => type !== "hello");
  server.connection.submit(answer("r1"));
  server.connection.submit({ type: "finish", request_id: "f" });
  const busy = { request_id: "r1", code: "busy", retryable: true, retry_after_ms: 600 } as const;
  server.socket.say(golden("error", busy));
  await after(1_000);
  expect(sent()).toEqual(["answer", "answer"]);
  server.socket.say(answeredAt(1, "r1"));
  await after(250);
  expect(sent()).toEqual(["answer", "answer", "finish"]);
});

test("completed empties the outbox and ends; nothing reconnects", async () => {
  await live();
  server.connection.submit({ type: "finish", request_id: "f" });
  server.socket.say(golden("completed", { offset: 2, prev: 1 }));
  expect(server.connection.snapshot.value).toMatchObject({ link: { kind: "ended" }, pending: [] });
  await after(60_000);
  expect(server.sockets).toHaveLength(1);
});

const kept = () => server.connection.snapshot.value.pending.map(({ message }) => message.request_id);
const unsettled = () => server.unsettled().map(({ message }) => message.request_id);

test("an answer the session did not wait for is remembered, whichever way the end is heard of", async () => {
  const ends: readonly (() => void | Promise<void>)[] = [
    () => server.socket.say(golden("completed", { offset: 2, prev: 1 })),
    () => server.socket.onclose?.({ code: 4505 }),
    async () => {
      server.socket.onclose?.({ code: 1006 });
      server.refuse = new ApiError("ended", "the session has ended", false, 409);
      await after(250);
    },
    async () => {
      server.socket.onclose?.({ code: 1006 });
      await after(250);
      server.socket.onopen?.();
      server.socket.say(golden("welcome", { recovered: false }));
      server.socket.say({ ...stateAt(1), status: "completed" });
    },
    async () => {
      const late = { request_id: "r1", code: "too_late", retryable: false } as const;
      server.socket.say(golden("error", late));
      expect(kept(), "it is not sent again").toEqual(["f"]);
      server.socket.say(golden("completed", { offset: 2, prev: 1 }));
    },
  ];
  for (const end of ends) {
    server = new FakeServer();
    await live();
    server.connection.submit(answer("r1"));
    server.connection.submit({ type: "finish", request_id: "f" });
    await end();
    expect(server.link).toBe("ended");
    expect(kept()).toEqual([]);
    expect(unsettled(), "after a reload too").toEqual(["r1"]);
  }
});

test("an answer that was acknowledged, or refused while the session goes on, is not remembered", async () => {
  await live();
  server.connection.submit(answer("r1"));
  server.socket.say(answeredAt(1, "r1"));
  server.connection.submit(answer("r2", 1));
  const again = { request_id: "r2", code: "already_answered", retryable: false } as const;
  server.socket.say(golden("error", again));
  server.socket.say(golden("completed", { offset: 3, prev: 2 }));
  expect(unsettled()).toEqual([]);
});

test("what an old socket says after it was let go is not heard", async () => {
  await live();
  const old = server.socket;
  server.connection.submit(answer("r1"));
  await after(REPLY_WITHIN_MS + 250);
  server.welcomeBack();
  old.say(answeredAt(1, "r1"));
  expect(server.connection.snapshot.value.session.progress.answered).toBe(0);
});
