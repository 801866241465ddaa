import { expect, test } from "vitest";
import { MemoryBrowser, refusal } from "./memory-auth";

interface Call {
  readonly line: string;
  readonly token: string | null;
}

/** A server of two routes: guests get numbered tokens, and only `good` tokens may read. */
function rest(good: readonly string[], token?: string) {
  const calls: Call[] = [];
  const browser = new MemoryBrowser();
  if (token !== undefined) browser.storage.setItem("learnr.token", token);
  let guests = 0;
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    const bearer = new Headers(init.headers).get("authorization")?.replace("Bearer ", "") ?? null;
    calls.push({ line: `${init.method} ${url}`, token: bearer });
    if (url.endsWith("/v1/guests")) {
      guests += 1;
      return Response.json({ token: `guest-${guests}`, expires_ms: 0 });
    }
    if (bearer !== null && good.includes(bearer)) return Response.json({ certifications: [], sessions: [] });
    return refusal(401);
  };
  const { api, told } = browser.tab(fetch, "http://api.test");
  return { api, calls, replaced: () => told.replaced };
}

test("the first request that is somebody's makes a guest and keeps its token", async () => {
  const { api, calls, replaced } = rest(["guest-1"]);
  await api.session("s");
  await api.openSessions();
  expect(calls.map(({ line }) => line)).toEqual([
    "POST http://api.test/v1/guests",
    "GET http://api.test/v1/sessions/s",
    "GET http://api.test/v1/sessions?status=open",
  ]);
  expect(replaced()).toBe(0);
});

test("without a token there are no open sessions, and no guest is made to find out", async () => {
  const { api, calls } = rest([]);
  expect(await api.openSessions()).toEqual([]);
  expect(calls).toEqual([]);
});

test("looking at the certifications makes no guest", async () => {
  const { api, calls } = rest([]);
  await expect(api.certifications()).rejects.toMatchObject({ code: "unauthorized" });
  expect(calls[0]).toEqual({ line: "GET http://api.test/v1/certifications", token: null });
});

test("a refused token is replaced once, and the learner is told", async () => {
  const { api, calls, replaced } = rest(["guest-1"], "stale");
  await api.certifications();
  expect(calls.map(({ token }) => token)).toEqual(["stale", null, "guest-1"]);
  expect(replaced()).toBe(1);
});

test("a server that refuses new guests' tokens too is not asked in a loop", async () => {
  const { api, calls } = rest([], "stale");
  await expect(api.certifications()).rejects.toMatchObject({ code: "unauthorized", status: 401 });
  expect(calls).toHaveLength(3);
});

test("a page of HTML from a proxy, and no answer at all, become errors with words", async () => {
  const browser = new MemoryBrowser();
  browser.storage.setItem("learnr.token", "t");
  const html = async () => new Response("<html>", { status: 502 });
  await expect(browser.tab(html).api.session("s")).rejects.toMatchObject({
    code: "internal",
    retryable: true,
    status: 502,
  });
  const nothing = async () => Promise.reject(new TypeError("failed to fetch"));
  await expect(browser.tab(nothing).api.session("s")).rejects.toMatchObject({
    code: "unreachable",
    retryable: true,
  });
});

test("the socket is on the server's origin, in its scheme", () => {
  const browser = new MemoryBrowser();
  expect(browser.tab(fetch, "https://api.test").api.socketUrl("/v1/ws", "http://page.test/x")).toBe(
    "wss://api.test/v1/ws",
  );
  expect(browser.tab(fetch).api.socketUrl("/v1/ws", "http://page.test:8000/x")).toBe(
    "ws://page.test:8000/v1/ws",
  );
});
