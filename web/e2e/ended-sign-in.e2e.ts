import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account, OWNER, PASSWORD, type Person, signIn, toAccountPage } from "./harness/account";
import { Learner, launch } from "./harness/browser";
import { lookNarrowAndWide } from "./harness/look";
import { answer, finish, question, startSession, tokenOf } from "./harness/quiz";
import { Server } from "./harness/server";

/** What the browser says of refusals: the ended sign-in is one, the session that is somebody's another. */
const REFUSED = /status of (401|404)/;

const server = new Server();
let browser: Browser;

beforeAll(async () => {
  await server.start("--owner-token", OWNER, "--rate-limits", "off");
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

const faultsOf = (learner: Learner) => learner.faults.filter((text) => !REFUSED.test(text));

/** Ends every sign-in of the person but one made for it, as another device does. */
async function endElsewhere(person: Person): Promise<void> {
  const made = await fetch(`${server.origin}/v1/auth/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: person.email, password: PASSWORD }),
  });
  const { token } = (await made.json()) as { token: string };
  const ended = await fetch(`${server.origin}/v1/account/sign-ins`, {
    method: "DELETE",
    headers: { authorization: `Bearer ${token}` },
  });
  if (!ended.ok) throw new Error(`DELETE sign-ins: ${ended.status} ${await ended.text()}`);
}

async function isTold(page: Page): Promise<void> {
  await page
    .locator(".notice", { hasText: "You were signed out: on another device, or because it has been long." })
    .waitFor();
}

test("a sign-in that ends in the middle of a page is told of, and what was asked for is not done as a guest", async () => {
  const person = await account(server, { email: "middle@example.org" });
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await signIn(page, person);
  await toAccountPage(page);
  await page.getByLabel("Name", { exact: true }).fill("Grace");
  await endElsewhere(person);
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await isTold(page);
  await page.getByText("You are here as a guest").waitFor();
  await lookNarrowAndWide(page, "signed-out-elsewhere");
  expect(await tokenOf(page), "no guest was made").toBe("");
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.locator("input[name=email]").fill(person.email);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/");
  await toAccountPage(page);
  expect(await page.getByLabel("Name", { exact: true }).inputValue(), "nothing was saved").toBe("Ada");
  expect(faultsOf(learner)).toEqual([]);
  await learner.close();
});

test("what was answered in a live session counts though the sign-in has ended, and the session goes on after the next one", async () => {
  const person = await account(server, { email: "live@example.org" });
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await signIn(page, person);
  const id = await startSession(page, { length: 5 });
  await endElsewhere(person);
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await isTold(page);
  await lookNarrowAndWide(page, "signed-out-in-session");
  await expect.poll(() => server.answers().filter(({ session }) => session === id).length).toBe(1);
  await signIn(page, person);
  await page.getByRole("link", { name: "Continue" }).click();
  await question(page, 2);
  expect(page.url()).toContain(id);
  await answer(page, 2, "2");
  await finish(page);
  await page.getByText("You finished this session. You answered 2,").waitFor();
  expect(faultsOf(learner)).toEqual([]);
  await learner.close();
});

test("a quarter of an hour later, deleting the account that is signed out by then deletes nobody", async () => {
  const person = await account(server, { email: "later@example.org" });
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await page.clock.install();
  const session = await startSession(page, { length: 5 });
  await answer(page, 1, "1");
  const guest = await tokenOf(page);
  await signIn(page, person);
  await toAccountPage(page);
  await page.getByRole("button", { name: "Delete my account" }).click();
  const now = page.getByRole("button", { name: "Delete it now" });
  await now.waitFor();
  const asked = page.locator("section", { has: now }).locator("input[type=password]");
  if ((await asked.count()) > 0) await asked.fill(PASSWORD);
  await endElsewhere(person);
  await page.clock.fastForward("15:00");
  await now.click();
  await isTold(page);
  await page.getByText("You are here as a guest").waitFor();
  expect(await page.locator(".notice", { hasText: "Your account is deleted." }).count()).toBe(0);
  expect(await tokenOf(page), "the guest of before is still this browser's").toBe(guest);
  expect((await server.session(session, guest)).progress.answered, "and has what they did").toBe(1);
  await signIn(page, person);
  expect(faultsOf(learner)).toEqual([]);
  await learner.close();
});
