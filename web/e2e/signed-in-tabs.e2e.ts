import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account, OWNER, type Person, signIn, toAccountPage } from "./harness/account";
import { Learner, launch } from "./harness/browser";
import { answer, goOn, linkIs, question, startSession, tokenOf } from "./harness/quiz";
import { Server } from "./harness/server";

const server = new Server();
let browser: Browser;
let person: Person;

beforeAll(async () => {
  await server.start("--owner-token", OWNER, "--rate-limits", "off");
  browser = await launch();
  person = await account(server, { email: "tabs@example.org" });
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

const isGuest = (page: Page) => page.getByText("You are here as a guest").waitFor();
const isPerson = (page: Page) => page.getByText(person.email).first().waitFor();

async function signOut(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Sign out", exact: true }).first().click();
  await page.waitForURL((url) => url.pathname === "/");
}

test("signing in and out in one tab is followed by the other, which nobody touches", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const [one, two] = [await learner.page(), await learner.page()];
  await two.goto("/account");
  await isGuest(two);
  for (let round = 0; round < 2; round += 1) {
    await signIn(one, person);
    await isPerson(two);
    await toAccountPage(one);
    await isPerson(one);
    // Each has a token of its own by now.
    await two.getByLabel("Name", { exact: true }).fill(`Ada ${round}`);
    await two.getByRole("button", { name: "Save", exact: true }).click();
    await two.getByText("Saved.", { exact: true }).waitFor();
    await signOut(two);
    await isGuest(one);
    await toAccountPage(two);
    await isGuest(two);
  }
  expect(await two.evaluate(() => localStorage.getItem("learnr.signed-in"))).toBeNull();
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("tabs that are loaded in the same moment renew one after the other, and all stay signed in", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const tabs = [await learner.page(), await learner.page(), await learner.page()];
  const [first] = tabs;
  if (first === undefined) throw new Error("three tabs were opened");
  await signIn(first, person);
  for (let round = 0; round < 3; round += 1) {
    await Promise.all(tabs.map((tab) => tab.goto("/account")));
    await Promise.all(tabs.map(isPerson));
  }
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("a guest's live session is still theirs after somebody signed in and out in another tab", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const [one, two] = [await learner.page(), await learner.page()];
  const id = await startSession(one, { length: 5 });
  await answer(one, 1);
  await goOn(one, 2);
  const guest = await tokenOf(one);
  await signIn(two, person);
  // The account has no such session, and the guest's is not shown to it.
  await linkIs(one, "stopped");
  expect(await one.locator("form.question").count()).toBe(0);
  await toAccountPage(two);
  await signOut(two);
  await question(one, 2);
  await linkIs(one, "live");
  await answer(one, 2, "2");
  expect(await tokenOf(one)).toBe(guest);
  expect((await server.session(id, guest)).progress.answered).toBe(2);
  expect(learner.faults.filter((text) => !/status of 404/.test(text))).toEqual([]);
  await learner.close();
});
