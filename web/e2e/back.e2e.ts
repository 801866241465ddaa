import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account, OWNER, signIn } from "./harness/account";
import { Learner, launch } from "./harness/browser";
import {
  answer,
  chosenDigits,
  finish,
  goOn,
  hasFocus,
  linkIs,
  question,
  startSession,
  tabTo,
  tokenOf,
} from "./harness/quiz";
import { Server } from "./harness/server";

const START = "/start/business-analysis-foundations";

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

const path = (page: Page) => new URL(page.url()).pathname;

/** The page of the address stands, and its heading has the focus: a screen reader begins there. */
async function stands(page: Page, address: string, content: string): Promise<void> {
  await expect.poll(() => path(page)).toBe(address);
  await page.locator(content).first().waitFor();
  await hasFocus(page.locator("main h1"));
}

test("back from the summary leads past the session to how it was started and home, and forward again", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const id = await startSession(page, { length: 5 });
  await answer(page, 1);
  await finish(page);
  const summary = `/session/${id}/summary`;
  await stands(page, summary, "text=You finished this session.");
  await page.goBack();
  await stands(page, START, "form.start");
  await page.goBack();
  await stands(page, "/", "[data-certification]");
  await page.goForward();
  await stands(page, START, "form.start");
  await page.goForward();
  await stands(page, summary, "text=You finished this session.");
  await page.goBack();
  await stands(page, START, "form.start");
  await tabTo(page, page.locator("form.start button[type=submit]"));
  await page.keyboard.press("Enter");
  await question(page, 1);
  expect(page.url(), "another session than the one that ended").not.toContain(id);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("back out of a live session and forward again is the same question with the same choice", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const id = await startSession(page, { length: 5 });
  await answer(page, 1);
  await goOn(page, 2);
  await page.keyboard.press("2");
  await page.goBack();
  await stands(page, START, "form.start");
  await page.keyboard.press("1");
  await page.goForward();
  await question(page, 2);
  await linkIs(page, "live");
  expect(await chosenDigits(page), "a digit on another page chooses nothing").toEqual(["2"]);
  expect((await server.session(id, await tokenOf(page))).progress.answered).toBe(1);
  await answer(page, 2, "1");
  await page.getByRole("link", { name: "LearnR" }).click();
  await page.getByRole("link", { name: "Continue" }).waitFor();
  await page.goBack();
  await question(page, 3);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("back into a session that has ended is its summary, and the next step back is out of it", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const [page, other] = [await learner.page(), await learner.page()];
  const id = await startSession(page, { length: 5 });
  await page.getByRole("link", { name: "LearnR" }).click();
  await stands(page, "/", "[data-certification]");
  await other.goto(`/session/${id}`);
  await answer(other, 1);
  await finish(other);
  await page.goBack();
  await stands(page, `/session/${id}/summary`, "text=You finished this session.");
  await page.goBack();
  await stands(page, START, "form.start");
  // The ticket of an ended session is refused with a 409.
  expect(learner.faults.filter((text) => !/status of 409/.test(text))).toEqual([]);
  await learner.close();
});

test("back from the first page after signing in is no form to sign in with", async () => {
  const person = await account(server, { email: "back@example.org" });
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await page.goto("/history");
  await signIn(page, person);
  await page.goBack();
  await stands(page, "/history", "text=You have not started a session yet.");
  expect(learner.faults).toEqual([]);
  await learner.close();
});
