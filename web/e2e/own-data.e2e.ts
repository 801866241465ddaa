import { readFileSync } from "node:fs";
import type { LearnerExport } from "@protocol";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account, OWNER, PASSWORD, type Person, signIn, toAccountPage, trySignIn } from "./harness/account";
import { Learner, launch } from "./harness/browser";
import { lookNarrowAndWide } from "./harness/look";
import { answer, finish, goOn, startSession, tabTo } from "./harness/quiz";
import { Server } from "./harness/server";

const REFUSED = /status of (401|403|404)/;

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

/** Signed in, with a session of two answers that has ended. */
async function practised(person: Person): Promise<{ learner: Learner; page: Page; session: string }> {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await signIn(page, person);
  const session = await startSession(page, { length: 5 });
  await answer(page, 1, "1");
  await goOn(page, 2);
  await answer(page, 2, "2");
  await finish(page);
  return { learner, page, session };
}

test("everything that is kept of a learner comes as a file, with what they did in it", async () => {
  const person = await account(server, { email: "export@example.org" });
  const { learner, page, session } = await practised(person);
  await toAccountPage(page);
  const downloaded = page.waitForEvent("download");
  await tabTo(page, page.getByRole("button", { name: "Export my data" }));
  await page.keyboard.press("Enter");
  const file = await downloaded;
  expect(file.suggestedFilename()).toBe("learnr-export.json");
  await page.getByText("Your data is being saved as a file.").waitFor();
  const text = readFileSync(await file.path(), "utf8");
  const told = JSON.parse(text) as LearnerExport;
  expect(told).toMatchObject({ format: "learnr-learner-export", complete: true });
  expect(told.account).toMatchObject({ email: person.email, has_password: true });
  expect(told.learner.id).toBe(person.learner);
  expect(told.sessions.map(({ id, status }) => [id, status])).toEqual([[session, "completed"]]);
  const answers = told.sessions[0]?.events.filter(({ kind }) => kind === "answered") ?? [];
  expect(answers.map(({ position }) => position)).toEqual([1, 2]);
  for (const { stem, answer: given, correct } of answers) {
    expect(stem, "what was asked").toMatch(/\w/);
    expect(given, "what was answered").not.toEqual([]);
    expect(typeof correct).toBe("boolean");
  }
  expect(text, "nothing of the password").not.toMatch(/argon2|vermilion/);
  await lookNarrowAndWide(page, "own-data-exported");
  expect(learner.faults).toEqual([]);
  await learner.close();
});

/** Up to the last question, with the password where it is asked for. */
async function askToDelete(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Delete my account" }).click();
  const now = page.getByRole("button", { name: "Delete it now" });
  await now.waitFor();
  const asked = page.locator("section", { has: now }).locator("input[type=password]");
  if ((await asked.count()) > 0) await asked.fill(PASSWORD);
}

test("an account is deleted only when that is said twice, on every device, and for good", async () => {
  const person = await account(server, { email: "delete@example.org" });
  const { learner, page, session } = await practised(person);
  const elsewhere = await Learner.arrive(browser, server.origin);
  const other = await elsewhere.page();
  await signIn(other, person);
  await toAccountPage(page);
  const first = page.getByRole("button", { name: "Delete my account" });
  await tabTo(page, first);
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.reload();
  await page.getByText(person.email).first().waitFor();
  await askToDelete(page);
  await lookNarrowAndWide(page, "account-delete");
  await page.getByRole("button", { name: "Keep it" }).click();
  await first.waitFor();
  await askToDelete(page);
  await page.getByRole("button", { name: "Delete it now" }).click();
  await page.locator(".notice", { hasText: "Your account is deleted." }).waitFor();
  await page.locator(".places a[href='/history']").click();
  await page.getByText("You have not started a session yet.").waitFor();
  await toAccountPage(page);
  await page.getByText("You are here as a guest").waitFor();
  await toAccountPage(other);
  await other.locator(".notice", { hasText: "You were signed out" }).waitFor();
  await other.getByText("You are here as a guest").waitFor();
  await trySignIn(page, person, PASSWORD);
  await page.getByText("Address and password do not go together.").waitFor();
  expect(server.answers().filter((one) => one.session === session)).toHaveLength(2);
  const rest = [...learner.faults, ...elsewhere.faults].filter((text) => !REFUSED.test(text));
  expect(rest).toEqual([]);
  await learner.close();
  await elsewhere.close();
});
