import { expect, test } from "vitest";
import { providerProblem } from "../src/account/provider-problem";
import { providers, startProvider } from "../src/api/account";
import { PROVIDER_WITHIN_MS } from "../src/api/auth";
import { MemoryBrowser, refusal, signedIn } from "./memory-auth";

test("what the server says of somebody who came back has words, and no other text of the address is shown", () => {
  for (const known of ["cancelled", "again", "provider", "refused", "busy", "here"]) {
    expect(providerProblem(`?problem=${known}&debug`), known).toMatch(/^You were not signed in: .{20}/);
  }
  for (const other of [
    "",
    "?debug",
    "?problem=",
    "?problem=toString",
    "?problem=__proto__",
    "?problem=<b>now</b>",
  ]) {
    expect(providerProblem(other), other).toBe("");
  }
});

/** A server with one provider; `cookie`: whether somebody has come back from it. */
function school() {
  const calls: string[] = [];
  const state = { cookie: false };
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    calls.push(`${init.method} ${url}`);
    if (url.endsWith("/start")) return Response.json({ url: "https://id.example/authorize?state=s" });
    if (url.endsWith("/refresh")) return state.cookie ? Response.json(signedIn("access")) : refusal(401);
    return Response.json({ providers: [{ id: "the school", name: "The school" }] });
  };
  return { calls, state, fetch };
}

test("a provider is gone to at the address that the server gives, and the next page looks for who came back", async () => {
  const { calls, fetch } = school();
  const browser = new MemoryBrowser();
  const { api } = browser.tab(fetch);
  const [provider] = await providers(api);
  expect(provider).toEqual({ id: "the school", name: "The school" });
  expect(await startProvider(api, "the school")).toBe("https://id.example/authorize?state=s");
  expect(calls).toEqual(["GET /v1/auth/providers", "POST /v1/auth/providers/the%20school/start"]);
  expect(browser.tab(fetch).auth.who.value.kind).toBe("unknown");
});

test("a tab that is opened meanwhile finds nobody, keeps who comes back from being lost, and hears of them", async () => {
  const { state, fetch } = school();
  const browser = new MemoryBrowser();
  const before = browser.tab(fetch);
  await startProvider(before.api, "the school");
  const meanwhile = browser.tab(fetch);
  expect(await meanwhile.auth.token()).toBeUndefined();
  expect([meanwhile.auth.who.value.kind, meanwhile.told.ended]).toEqual(["guest", 0]);
  meanwhile.auth.leave();
  state.cookie = true;
  const back = browser.tab(fetch);
  expect(await back.auth.token()).toBe("access");
  expect(back.auth.who.value.kind).toBe("account");
  expect([before, meanwhile].map(({ auth }) => auth.who.value.kind)).toEqual(["unknown", "unknown"]);
  expect(browser.storage.getItem("learnr.signed-in"), "as of any sign-in").toBe("1");
});

test("who comes back without being signed in, or not while the server waits, is not looked for any more", async () => {
  const { fetch } = school();
  const browser = new MemoryBrowser();
  await startProvider(browser.tab(fetch).api, "the school");
  browser.now += PROVIDER_WITHIN_MS;
  expect(browser.tab(fetch).auth.who.value.kind).toBe("guest");
  const { api } = browser.tab(fetch);
  await startProvider(api, "the school");
  api.auth.expectNobody();
  expect(browser.tab(fetch).auth.who.value.kind).toBe("guest");
});

test("a sign-in that is there already is no attempt at a provider that came to nothing", async () => {
  const { state, fetch } = school();
  const browser = new MemoryBrowser();
  browser.storage.setItem("learnr.signed-in", "1");
  state.cookie = true;
  const { auth } = browser.tab(fetch);
  auth.expectNobody();
  expect(await auth.token()).toBe("access");
});
