import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { lookNarrowAndWide } from "./harness/look";
import { hasFocus, tabTo } from "./harness/quiz";
import { Server } from "./harness/server";

const server = new Server();
const PASSWORD = "vermilion otter walks uphill";
/** What the browser says of an answer that is a refusal. */
const REFUSED = /status of 4(04|22)/;
let browser: Browser;

beforeAll(async () => {
  await server.start();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

/** Asks for an account in this browser; where the link in the mail leads. */
async function asked(page: Page, email: string): Promise<string> {
  const before = server.mailed("/confirm");
  await page.goto("/register");
  await page.getByLabel("Email address").fill(email);
  await page.getByLabel("Name (optional)").fill("Ada");
  await page.getByRole("button", { name: "Register" }).click();
  await page.getByRole("heading", { name: "Look into your mail", level: 1 }).waitFor();
  await expect.poll(() => server.mailed("/confirm")).not.toBe(before);
  return server.mailed("/confirm") ?? "";
}

/** Makes a guest of whoever is here. */
async function prefer(page: Page): Promise<void> {
  await page.goto("/preferences");
  await page.getByRole("button", { name: "Save preferences" }).click();
  await page.getByText("Your preferences are saved.").waitFor();
}

test("the password is chosen with the link, by keyboard alone, and the page says for whom", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await prefer(page);
  const link = await asked(page, "ada@example.org");
  await page.goto(link);
  await page.getByText("A new account for ada@example.org, called Ada.").waitFor();
  await page.getByText("What you did as a guest in this browser").waitFor();
  expect(page.url(), "no token stays in the address").not.toContain("token");
  await lookNarrowAndWide(page, "confirm-register");
  const password = page.getByLabel("Password");
  const make = page.getByRole("button", { name: "Make the account" });
  await tabTo(page, make);
  await page.keyboard.press("Enter");
  await hasFocus(password);
  await password.fill("password1");
  await page.keyboard.press("Enter");
  await page.getByText(/this password is easily guessed/i).waitFor();
  await password.fill(PASSWORD);
  await page.keyboard.press("Enter");
  const done = "Your address is confirmed, and you are signed in.";
  await page.locator(".notice").getByText(done).waitFor();
  await expect
    .poll(() => page.locator("#announcer").innerText(), { message: "and it is said aloud" })
    .toBe(done);
  await page.goto(link);
  await page.getByText("This link has been used").waitFor();
  await lookNarrowAndWide(page, "confirm-spent");
  expect(learner.faults.filter((fault) => !REFUSED.test(fault))).toEqual([]);
  await learner.close();
});

test("a link that another browser asked for says so, and keeps nothing of its guest", async () => {
  const stranger = await Learner.arrive(browser, server.origin);
  const page = await stranger.page();
  await prefer(page);
  const link = await asked(page, "grace@example.org");
  const owner = await Learner.arrive(browser, server.origin);
  const elsewhere = await owner.page();
  await elsewhere.goto(link);
  await elsewhere.getByText("practised as a guest in another browser").waitFor();
  await lookNarrowAndWide(elsewhere, "confirm-elsewhere");
  await elsewhere.getByLabel("Password").fill(PASSWORD);
  await elsewhere.getByRole("button", { name: "Make the account" }).click();
  await elsewhere.locator(".notice").getByText("Your address is confirmed").waitFor();
  await page.goto("/account");
  await page.getByText("You are here as a guest").waitFor();
  expect([...stranger.faults, ...owner.faults]).toEqual([]);
  await stranger.close();
  await owner.close();
});
