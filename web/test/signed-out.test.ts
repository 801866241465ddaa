import { expect, test } from "vitest";
import { signIn } from "../src/api/account";
import { ACCESS_TOKEN_USED_MS } from "../src/api/auth";
import { SIGN_IN, server, WANTED } from "./auth-server";
import { ACCOUNT, MemoryBrowser, signedIn } from "./memory-auth";

const ELSEWHERE = "https://api.test";
const ENDED = { code: "unauthorized", status: 401 };

test.each(["", ELSEWHERE])(
  "what an account asks for is not done as a guest once its sign-in has ended, with the server at %j",
  async (origin) => {
    const { fetch, calls, count, state } = server();
    const browser = new MemoryBrowser();
    // Signing in leaves the guest of before as they were.
    browser.storage.setItem("learnr.token", "guest-1");
    const { api, auth, told } = browser.tab(fetch, origin);
    await signIn(api, SIGN_IN);
    browser.now += ACCESS_TOKEN_USED_MS;
    state.cookie = false;
    await expect(api.command("DELETE", "/v1/learners/me", {})).rejects.toMatchObject(ENDED);
    expect([auth.who.value.kind, told.ended]).toEqual(["guest", 1]);
    expect(calls.filter(({ line }) => line.startsWith("DELETE"))).toEqual([]);
    expect(count("/v1/guests")).toBe(0);
  },
);

test("what is asked for before it is known that nobody is signed in is not done as a guest", async () => {
  const { fetch, count } = server();
  const browser = new MemoryBrowser();
  browser.storage.setItem("learnr.signed-in", "1");
  const { api } = browser.tab(fetch);
  await expect(api.createSession(WANTED)).rejects.toMatchObject(ENDED);
  expect([count("/v1/sessions"), count("/v1/guests")]).toEqual([0, 0]);
});

test("nor is it done as who signed in meanwhile in another tab; what is only read is read again as them", async () => {
  const { fetch, calls } = server();
  const browser = new MemoryBrowser();
  const [one, other] = [browser.tab(fetch), browser.tab(fetch)];
  await signIn(one.api, SIGN_IN);
  browser.now += ACCESS_TOKEN_USED_MS;
  const [removed, read] = [one.api.command("DELETE", "/v1/learners/me", {}), one.api.openSessions()];
  other.auth.accept(signedIn("of-other"));
  await expect(removed).rejects.toMatchObject(ENDED);
  expect(await read).toEqual([]);
  expect(calls.filter(({ line }) => line.startsWith("DELETE"))).toEqual([]);
});

test("a renewal that answers another account begins the pages anew", async () => {
  const { fetch } = server();
  const browser = new MemoryBrowser();
  const { api, auth } = browser.tab(fetch);
  await signIn(api, SIGN_IN);
  auth.update({ ...ACCOUNT, learner: "of another account" });
  const { value: before } = auth.generation;
  await auth.renew("access-1");
  expect(auth.generation.value).toBe(before + 1);
});

test("without a cookie, signing out ends the sign-in that the token is of", async () => {
  const { fetch, calls } = server();
  const { api, auth } = new MemoryBrowser().tab(fetch, ELSEWHERE);
  await signIn(api, SIGN_IN);
  await auth.signOut();
  expect(calls.slice(1)).toMatchObject([
    { line: `GET ${ELSEWHERE}/v1/account/sign-ins`, token: "access-1" },
    { line: `DELETE ${ELSEWHERE}/v1/account/sign-ins/this%20one`, token: "access-1" },
  ]);
  expect(auth.who.value.kind).toBe("guest");
});

test("without a cookie, a sign-in that has ended already is signed out of; a server that is away is not", async () => {
  const { fetch, state } = server();
  const { api, auth } = new MemoryBrowser().tab(fetch, ELSEWHERE);
  await signIn(api, SIGN_IN);
  state.down = true;
  await expect(auth.signOut()).rejects.toMatchObject({ code: "unreachable" });
  expect(auth.who.value.kind).toBe("account");
  state.down = false;
  state.given += 1;
  await auth.signOut();
  expect(auth.who.value.kind).toBe("guest");
});
