import { expect, test } from "vitest";
import { bookmarks, preferences, savePreferences } from "../src/api/keeping";
import { review } from "../src/api/looking-back";
import { WANTED } from "./auth-server";
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
  const { api, auth, told } = browser.tab(fetch, "http://api.test");
  return { api, auth, browser, calls, lost: () => told.lost };
}

test("who begins something becomes a guest, whose token is kept", async () => {
  const { api, calls, lost } = rest(["guest-1"]);
  await api.createSession(WANTED);
  await api.openSessions();
  expect(calls.map(({ line }) => line)).toEqual([
    "POST http://api.test/v1/guests",
    "POST http://api.test/v1/sessions",
    "GET http://api.test/v1/sessions?status=open",
  ]);
  expect(lost()).toBe(0);
  const other = rest(["guest-1"]);
  await savePreferences(other.api, await preferences(other.api));
  expect(other.calls.map(({ line }) => line)).toEqual([
    "POST http://api.test/v1/guests",
    "PUT http://api.test/v1/learners/me/preferences",
  ]);
});

test("who only looks makes no guest, whatever page they open", async () => {
  const { api, calls } = rest([]);
  expect(await api.openSessions()).toEqual([]);
  expect(await bookmarks(api, "made")).toEqual({ bookmarks: [], next: null });
  expect(await preferences(api)).toMatchObject({ goals: [], time_multiplier: 1, theme: "system" });
  for (const asked of [api.session("s"), api.summary("s"), api.ticket("s"), review(api, "s")])
    await expect(asked).rejects.toMatchObject({ code: "not_found", retryable: false });
  expect(calls).toEqual([]);
});

test("the certifications are asked for as nobody", async () => {
  for (const token of [undefined, "stale"]) {
    const { api, calls } = rest([], token);
    await expect(api.certifications()).rejects.toMatchObject({ code: "unauthorized" });
    expect(calls).toEqual([{ line: "GET http://api.test/v1/certifications", token: null }]);
  }
});

test("a refused token is forgotten by who only looks, who is told once, and the pages begin anew", async () => {
  const { api, auth, browser, calls, lost } = rest([], "stale");
  const asked = await Promise.allSettled([api.openSessions(), api.session("s")]);
  expect(asked.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(calls.map(({ token }) => token)).toEqual(["stale", "stale"]);
  expect([lost(), auth.generation.value, api.isGuest()]).toEqual([1, 1, false]);
  expect(browser.storage.getItem("learnr.token")).toBeNull();
});

test("a token that another tab has replaced is not forgotten", async () => {
  const browser = new MemoryBrowser();
  browser.storage.setItem("learnr.token", "stale");
  const { api, told } = browser.tab(async (_, init) => {
    browser.storage.setItem("learnr.token", "of another tab");
    const stale = new Headers(init.headers).get("authorization") === "Bearer stale";
    return stale ? refusal(401) : Response.json({ sessions: [] });
  });
  expect(await api.openSessions()).toEqual([]);
  expect([told.lost, browser.storage.getItem("learnr.token")]).toEqual([0, "of another tab"]);
});

test("a refused token is replaced once by who begins something, and the learner is told", async () => {
  const { api, calls, lost } = rest(["guest-1"], "stale");
  await api.createSession(WANTED);
  expect(calls.map(({ token }) => token)).toEqual(["stale", null, "guest-1"]);
  expect(lost()).toBe(1);
});

test("a server that refuses new guests' tokens too is not asked in a loop", async () => {
  const { api, calls } = rest([], "stale");
  await expect(api.createSession(WANTED)).rejects.toMatchObject({ code: "unauthorized", status: 401 });
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
