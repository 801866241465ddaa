import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nextMail, PASSWORD, signIn } from "./harness/account";
import { Learner, launch } from "./harness/browser";
import { lookNarrowAndWide } from "./harness/look";
import { answer, finish, goOn, question, startSession, tabTo, tokenOf } from "./harness/quiz";
import { Server } from "./harness/server";

const EMAIL = "ada@example.org";

const server = new Server();
let browser: Browser;

beforeAll(async () => {
  await server.start("--rate-limits", "off");
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

/** From the first page, by what invites a guest who has something to lose. */
async function register(page: Page): Promise<string> {
  await page.goto("/");
  await tabTo(page, page.getByRole("link", { name: "Make an account" }));
  await page.keyboard.press("Enter");
  await page.getByText("You keep what you did as a guest").waitFor();
  return nextMail(server, "/confirm", async () => {
    await page.getByLabel("Email address").fill(EMAIL);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Look into your mail", level: 1 }).waitFor();
  });
}

async function confirm(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByText("What you did as a guest in this browser becomes the account’s.").waitFor();
  await page.getByLabel("Password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.locator(".notice", { hasText: "Your address is confirmed, and you are signed in." }).waitFor();
}

/** What was done is there: one session that ended, one that goes on, and a mark. */
async function findsAll(page: Page, ended: string, open: string): Promise<void> {
  await page.locator(".places a[href='/history']").click();
  await page.getByText("2 sessions", { exact: true }).waitFor();
  await page.locator(`[data-past="${ended}"]`).getByText("2 answered").waitFor();
  await page.locator(`[data-past="${open}"][data-status="open"]`).waitFor();
  await page.locator(".places a[href='/bookmarks']").click();
  await page.getByText("1 question", { exact: true }).waitFor();
}

test("what a guest did is the account's once they register: here, and on another device", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const ended = await startSession(page, { length: 5 });
  await answer(page, 1, "1");
  await page.getByRole("button", { name: "Bookmark" }).click();
  await page.getByRole("button", { name: "Bookmarked" }).waitFor();
  await page.locator("#primary").focus();
  await goOn(page, 2);
  await answer(page, 2, "2");
  await finish(page);
  const open = await startSession(page, { length: 10 });
  await answer(page, 1, "2");
  const guest = await tokenOf(page);
  await confirm(page, await register(page));
  await lookNarrowAndWide(page, "guest-to-account");
  await findsAll(page, ended, open);
  await page.reload();
  await page.getByText("1 question", { exact: true }).waitFor();
  const old = await fetch(`${server.origin}/v1/sessions?status=open`, {
    headers: { authorization: `Bearer ${guest}` },
  });
  expect(old.status, "the guest's token opens nothing any more").toBe(401);

  const elsewhere = await Learner.arrive(browser, server.origin);
  const other = await elsewhere.page();
  await signIn(other, { email: EMAIL });
  await findsAll(other, ended, open);
  await other.goto("/");
  await other.getByRole("link", { name: "Continue" }).click();
  await question(other, 2);
  await answer(other, 2, "1");
  expect([...learner.faults, ...elsewhere.faults]).toEqual([]);
  await learner.close();
  await elsewhere.close();
});
