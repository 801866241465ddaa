import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { account, OWNER, signIn } from "./harness/account";
import { Learner, launch } from "./harness/browser";
import { lookNarrowAndWide } from "./harness/look";
import { answer, goOn, hasFocus, linkIs, question, startSession, tabTo, tokenOf } from "./harness/quiz";
import { Releases } from "./harness/release";
import { Server } from "./harness/server";

/** What a browser writes when there is no network: that is what these tests take away. */
const NO_NETWORK =
  /ERR_|Failed to fetch|status of 50\d|fetching the script|WebSocket connection|no-response|Failed to update/;

let browser: Browser;
let server: Server;
let front: Releases;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  server = new Server();
  await server.start("--owner-token", OWNER, "--rate-limits", "off");
  front = new Releases(server);
  await front.start();
});
afterEach(async () => {
  await front.stop();
  await server.dispose();
});

/** A browser that has been here before: everything of the page is kept. */
async function arrive(): Promise<{ learner: Learner; page: Page }> {
  const learner = await Learner.arrive(browser, front.origin, { serviceWorkers: "allow" });
  const page = await learner.page();
  await page.goto("/");
  await installed(page);
  return { learner, page };
}

async function installed(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    await new Promise<void>((done) => {
      const look = () => active?.state === "activated" && done();
      active?.addEventListener("statechange", look);
      look();
    });
  });
}

/** Every address that the browser keeps. */
function kept(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const found: string[] = [];
    for (const name of await caches.keys())
      for (const { url } of await (await caches.open(name)).keys()) found.push(new URL(url).pathname);
    return found;
  });
}

/** Asked again and again from outside: the page's policy lets nothing be evaluated in it later. */
async function becomes(page: Page, holds: () => boolean | Promise<boolean>): Promise<void> {
  // A page that is being loaded anew cannot be asked.
  await expect.poll(() => page.evaluate(holds).catch(() => false), { timeout: 20_000 }).toBe(true);
}

function faultsOf(learner: Learner): string[] {
  return learner.faults.filter((text) => !NO_NETWORK.test(text));
}

test("without a network every page opens, says that it is offline and what still works, and comes back by itself", async () => {
  const { learner, page } = await arrive();
  // Nothing is loaded a second time: one visit is enough.
  await page.locator(".card").first().waitFor();
  await page.context().setOffline(true);
  await server.kill();
  const paths = [
    "/",
    "/start/business-analysis-foundations",
    "/progress/made.v2",
    "/preferences",
    "/sign-in",
  ];
  for (const path of paths) {
    await page.goto(path);
    await page.locator('[data-online="false"]').waitFor();
    await page.locator("main").waitFor();
  }
  await page.goto("/");
  await page.getByText("A question that is on the screen can still be answered").waitFor();
  await lookNarrowAndWide(page, "offline-home");
  await server.start("--owner-token", OWNER, "--rate-limits", "off");
  await page.context().setOffline(false);
  await page.locator(".card").first().waitFor();
  await page.locator('[data-online="true"]').waitFor();
  expect(faultsOf(learner)).toEqual([]);
  await learner.close();
});

test("a server that is gone behind its proxy is an outage too", async () => {
  const { learner, page } = await arrive();
  await page.reload();
  await page.locator(".card").first().waitFor();
  await server.kill();
  await page.goto("/preferences");
  await page.getByRole("heading", { name: "Preferences" }).waitFor();
  await page.getByRole("button", { name: "Try again" }).waitFor();
  expect(faultsOf(learner)).toEqual([]);
  await learner.close();
});

test("the browser keeps the page and never what the server says", async () => {
  const { learner, page } = await arrive();
  await signIn(page, await account(server, { email: "kept@example.org" }));
  await startSession(page, { length: 5 });
  await answer(page, 1);
  await page.goto("/account");
  await page.getByText("kept@example.org").waitFor();
  const addresses = await kept(page);
  expect(addresses).toContain("/index.html");
  const ofThePage = /^\/(assets\/[\w.-]+|index\.html|theme\.js|icon\.svg|config\.json)$/;
  expect(addresses.filter((path) => !ofThePage.test(path))).toEqual([]);
  expect(faultsOf(learner)).toEqual([]);
  await learner.close();
});

test("a question on the screen is answered without a network, and counts when there is one", async () => {
  const { learner, page } = await arrive();
  const id = await startSession(page, { length: 5 });
  await page.context().setOffline(true);
  await server.kill();
  await linkIs(page, "offline");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await page.getByText("your answer is kept").waitFor();
  await page.reload();
  await page.locator("main h1").waitFor();
  await server.start("--owner-token", OWNER, "--rate-limits", "off");
  await page.context().setOffline(false);
  await page.locator(".option[data-verdict]").first().waitFor();
  expect((await server.session(id, await tokenOf(page))).progress.answered).toBe(1);
  expect(faultsOf(learner)).toEqual([]);
  await learner.close();
});

test("a new version is told of, leaves an open session alone, and comes when it is asked for", async () => {
  const { learner, page } = await arrive();
  await startSession(page, { length: 5 });
  await page.evaluate(() => {
    (window as unknown as { untouched: boolean }).untouched = true;
  });
  front.release();
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
  await becomes(page, async () => (await navigator.serviceWorker.getRegistration())?.waiting != null);
  await answer(page, 1);
  await goOn(page, 2);
  expect(await page.locator("[data-new-version]").count(), "not in a session").toBe(0);
  expect(await page.evaluate(() => (window as unknown as { untouched?: boolean }).untouched)).toBe(true);
  await page.getByRole("link", { name: "LearnR" }).click();
  await page.locator("[data-new-version]").waitFor();
  await page.locator(".card").first().waitFor();
  await lookNarrowAndWide(page, "new-version");
  expect(await page.locator("#announcer").innerText()).toMatch(/new version/);
  expect(await page.evaluate(() => (window as unknown as { untouched?: boolean }).untouched)).toBe(true);
  await tabTo(page, page.getByRole("button", { name: "Reload" }));
  await page.keyboard.press("Enter");
  await becomes(page, () => (window as unknown as { untouched?: boolean }).untouched === undefined);
  await page.getByRole("link", { name: "Continue" }).waitFor();
  expect(await page.locator("[data-new-version]").count()).toBe(0);
  expect(await page.locator('script[type="module"]').getAttribute("src")).toMatch(/-next\.js$/);
  await page.getByRole("link", { name: "Continue" }).click();
  await question(page, 2);
  expect(faultsOf(learner)).toEqual([]);
  await learner.close();
});

test("a new version that one tab takes loads no other anew, which says so itself", async () => {
  const { learner, page } = await arrive();
  await page.reload();
  const other = await learner.page();
  await other.goto("/preferences");
  await other.getByLabel("Minutes a day").fill("42");
  front.release();
  await page.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.update());
  await page.locator("[data-new-version]").waitFor();
  await page.getByRole("button", { name: "Reload" }).click();
  await page.locator("[data-new-version]").waitFor({ state: "detached" });
  await other.locator("[data-new-version]").waitFor();
  expect(await other.getByLabel("Minutes a day").inputValue(), "what was typed stays").toBe("42");
  await other.getByRole("button", { name: "Later" }).click();
  expect(await other.locator("[data-new-version]").count()).toBe(0);
  expect(faultsOf(learner)).toEqual([]);
  await learner.close();
});

test("a broken worker is taken out of browsers by the server, under whoever is there", async () => {
  const { learner, page } = await arrive();
  await page.goto("/account");
  await server.kill();
  await server.start("--owner-token", OWNER, "--rate-limits", "off", "--no-worker");
  await page.goto("/sign-in");
  await page.getByLabel("Email address").fill("ada@example.org");
  await becomes(
    page,
    async () =>
      (await navigator.serviceWorker.getRegistrations()).length === 0 && (await caches.keys()).length === 0,
  );
  expect(await page.getByLabel("Email address").inputValue()).toBe("ada@example.org");
  await page.reload();
  await hasFocus(page.getByRole("heading", { name: "Sign in", level: 1 }));
  expect(faultsOf(learner)).toEqual([]);
  await learner.close();
});
