import { expect, test } from "vitest";
import { confirm, deleteAccount, openLink, register, signIn, startProvider } from "../src/api/account";
import { ACCESS_TOKEN_USED_MS } from "../src/api/auth";
import type { Fetch } from "../src/api/exchange";
import { SIGN_IN, server, WANTED } from "./auth-server";
import { MemoryBrowser, signedIn } from "./memory-auth";

test("signing in keeps the token in memory, and nothing of it in storage", async () => {
  const { fetch, calls } = server();
  const browser = new MemoryBrowser();
  const { api, auth } = browser.tab(fetch);
  await signIn(api, SIGN_IN);
  expect(auth.who.value).toMatchObject({ kind: "account", account: { name: "Ada" } });
  await api.openSessions();
  expect(calls.at(-1)?.token).toBe("access-1");
  expect(browser.storage.length, "only that there is a cookie").toBe(1);
  expect(browser.storage.getItem("learnr.signed-in")).toBe("1");
});

test("a page that is loaded anew is signed in by one request with the mark", async () => {
  const { fetch, calls, count } = server();
  const browser = new MemoryBrowser();
  await signIn(browser.tab(fetch).api, SIGN_IN);
  const next = browser.tab(fetch);
  expect(next.auth.who.value.kind).toBe("unknown");
  await Promise.all([next.api.openSessions(), next.api.session("s")]);
  expect(count("/v1/auth/refresh")).toBe(1);
  expect(calls.find(({ line }) => line.endsWith("refresh"))?.mark).toBe("1");
  expect(next.auth.who.value.kind).toBe("account");
  expect(next.auth.generation.value, "the same person as before").toBe(0);
});

test("two tabs renew one after the other", async () => {
  const { fetch, state } = server();
  const browser = new MemoryBrowser();
  await signIn(browser.tab(fetch).api, SIGN_IN);
  const tabs = [browser.tab(fetch), browser.tab(fetch), browser.tab(fetch)];
  await Promise.all(tabs.map(({ auth }) => auth.token()));
  expect(state.given).toBe(4);
  expect(state.most).toBe(1);
});

test("a refused token is renewed once and the request repeated; a token that gets old is renewed before", async () => {
  const { fetch, calls, count, state } = server();
  const browser = new MemoryBrowser();
  const { api } = browser.tab(fetch);
  await signIn(api, SIGN_IN);
  state.given += 1;
  await api.openSessions();
  expect(calls.slice(-3).map(({ token }) => token)).toEqual(["access-1", null, "access-3"]);
  browser.now += ACCESS_TOKEN_USED_MS;
  await api.openSessions();
  expect(count("/v1/auth/refresh")).toBe(2);
  expect(calls.at(-1)?.token).toBe("access-4");
});

test("a sign-in that ended elsewhere makes a guest of nobody in the middle of a request, and is said once", async () => {
  const { fetch, count, state } = server();
  const browser = new MemoryBrowser();
  const { api, auth, told } = browser.tab(fetch);
  await signIn(api, SIGN_IN);
  state.given += 1;
  state.cookie = false;
  await expect(api.openSessions()).rejects.toMatchObject({ code: "unauthorized" });
  expect([auth.who.value.kind, told.ended, count("/v1/guests")]).toEqual(["guest", 1, 0]);
  expect(browser.storage.getItem("learnr.signed-in")).toBeNull();
});

test("a cookie that is no longer good leaves a guest, without a word", async () => {
  const { fetch } = server();
  const browser = new MemoryBrowser();
  browser.storage.setItem("learnr.signed-in", "1");
  const { auth, told } = browser.tab(fetch);
  expect(await auth.token()).toBeUndefined();
  expect([auth.who.value.kind, told.ended]).toEqual(["guest", 0]);
});

test("a server that cannot be reached signs nobody out", async () => {
  const { fetch, state } = server();
  const browser = new MemoryBrowser();
  await signIn(browser.tab(fetch).api, SIGN_IN);
  const next = browser.tab(fetch);
  state.down = true;
  await expect(next.auth.token()).rejects.toMatchObject({ code: "unreachable" });
  await expect(next.auth.signOut()).rejects.toMatchObject({ code: "unreachable" });
  state.down = false;
  expect(await next.auth.token()).toBe("access-2");
});

test("other tabs hear of signing in and of signing out", async () => {
  const { fetch } = server();
  const browser = new MemoryBrowser();
  const [one, other] = [browser.tab(fetch), browser.tab(fetch)];
  await signIn(one.api, SIGN_IN);
  expect([other.auth.who.value.kind, other.auth.generation.value]).toEqual(["unknown", 1]);
  expect(await other.auth.token()).toBe("access-2");
  await other.auth.signOut();
  expect([one.auth.who.value.kind, one.auth.generation.value]).toEqual(["guest", 2]);
  expect(await one.auth.token()).toBeUndefined();
});

test("a tab that was renewing while another one signed in asks again, and makes no guest", async () => {
  const { fetch, count, state } = server();
  const browser = new MemoryBrowser();
  browser.storage.setItem("learnr.signed-in", "1");
  state.cookie = true;
  const events = new EventTarget();
  const heard = (name: string) =>
    new Promise<void>((resolve) => {
      events.addEventListener(name, () => resolve(), { once: true });
    });
  const slow: Fetch = async (url, init) => {
    const response = await fetch(url, init);
    if (url.endsWith("/refresh") && count("/v1/auth/refresh") === 1) {
      const free = heard("free");
      events.dispatchEvent(new Event("asked"));
      await free;
    }
    return response;
  };
  const [one, other] = [browser.tab(fetch), browser.tab(slow)];
  const asked = heard("asked");
  const sessions = other.api.openSessions();
  await asked;
  one.auth.accept(signedIn("of-one"));
  events.dispatchEvent(new Event("free"));
  expect(await sessions).toEqual([]);
  expect([other.auth.who.value.kind, count("/v1/auth/refresh"), count("/v1/guests")]).toEqual([
    "account",
    2,
    0,
  ]);
});

test("registering carries the guest's token, and signing in does not", async () => {
  const { fetch, calls } = server();
  const browser = new MemoryBrowser();
  const { api } = browser.tab(fetch);
  await api.createSession(WANTED);
  await register(api, { email: SIGN_IN.email, name: "" });
  expect(calls.at(-1)).toMatchObject({ line: "POST /v1/auth/register", token: "guest-1" });
  await signIn(api, SIGN_IN);
  expect(calls.at(-1)).toMatchObject({ line: "POST /v1/auth/sign-in", token: null });
});

test("a link is opened and confirmed as whoever is here, whose token may have to be renewed first", async () => {
  const { fetch, calls } = server();
  const browser = new MemoryBrowser();
  const { api, auth } = browser.tab(fetch);
  const last = () => calls.filter(({ line }) => /link|confirm/.test(line)).at(-1);
  await openLink(api, "t");
  expect(last()?.token, "nobody yet").toBeNull();
  await api.createSession(WANTED);
  await openLink(api, "t");
  expect(last()?.token).toBe("guest-1");
  await confirm(api, { token: "t", password: SIGN_IN.password }, false);
  expect(last()).toMatchObject({ line: "POST /v1/auth/confirm", token: "guest-1" });
  expect(auth.who.value.kind).toBe("account");
  browser.now += ACCESS_TOKEN_USED_MS;
  await confirm(api, { token: "t", password: null }, false);
  expect(last()).toMatchObject({ line: "POST /v1/auth/confirm", token: "access-2" });
});

test("the token of a guest who became the account is forgotten: signed out, they are nobody, and no guest is made", async () => {
  const { fetch, count } = server();
  const browser = new MemoryBrowser();
  const { api, auth, told } = browser.tab(fetch);
  await api.createSession(WANTED);
  await confirm(api, { token: "t", password: SIGN_IN.password }, true);
  await auth.signOut();
  expect([api.isGuest(), await api.isKnown(), await api.openSessions()]).toEqual([false, false, []]);
  expect([count("/v1/guests"), told.lost]).toEqual([1, 0]);
});

test("a page on another origin has no cookie: it signs in anew, and no request with one is made", async () => {
  const calls: string[] = [];
  const browser = new MemoryBrowser();
  const fetch = async (url: string, init: RequestInit) => {
    calls.push(`${init.method} ${url}`);
    return Response.json(signedIn("access"));
  };
  const { api, auth, told } = browser.tab(fetch, "https://api.test");
  await signIn(api, SIGN_IN);
  browser.now += ACCESS_TOKEN_USED_MS;
  expect(await auth.token()).toBeUndefined();
  expect(told.ended).toBe(1);
  expect(calls).toEqual(["POST https://api.test/v1/auth/sign-in"]);
});

test("a deleted account leaves nobody signed in, in any tab", async () => {
  const { fetch } = server();
  const browser = new MemoryBrowser();
  const [one, other] = [browser.tab(fetch), browser.tab(fetch)];
  await signIn(one.api, SIGN_IN);
  await deleteAccount(one.api, "a password");
  expect([one.auth.who.value.kind, other.auth.who.value.kind]).toEqual(["guest", "guest"]);
});

test("a provider's address that is no page is not gone to", async () => {
  const { fetch } = server();
  const { api } = new MemoryBrowser().tab(fetch);
  await expect(startProvider(api, "corp")).rejects.toThrow(/not one to go to/);
});
