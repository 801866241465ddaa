import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account, PASSWORD, signIn } from "./harness/account";
import { Learner, launch } from "./harness/browser";
import { lookNarrowAndWide } from "./harness/look";
import { hasFocus, tabTo } from "./harness/quiz";
import { Server } from "./harness/server";
import { WHOLE_PIXELS } from "./harness/shift";

/** What Chromium says of the refusal that a test provokes. */
const REFUSED = /the server responded with a status of 403/;

const server = new Server();
let browser: Browser;

beforeAll(async () => {
  await server.start();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

async function open(page: Page, path: string, heading: string): Promise<void> {
  await page.goto(path);
  await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
}

const PAGES = [
  { path: "/sign-in", heading: "Sign in" },
  { path: "/register", heading: "Register" },
  { path: "/confirm", heading: "Confirm your address" },
  { path: "/unsubscribe?token=t", heading: "Reminders" },
  { path: "/forgot", heading: "Choose another password" },
  { path: "/reset?token=t", heading: "Choose another password" },
  { path: "/account", heading: "Account" },
  { path: "/preferences", heading: "Preferences" },
  { path: "/bookmarks", heading: "Bookmarks" },
];

test("every page of accounts holds for a guest, narrow and wide, light and dark", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  for (const { path, heading } of PAGES) {
    await open(page, path, heading);
    await page.locator(".pending").waitFor({ state: "detached" });
    expect(page.url(), "no token stays in the address").not.toContain("token");
    await lookNarrowAndWide(page, `guest${path.replace(/\W/g, "-")}`);
  }
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("a form that is wrong says where, takes the focus there, and moves nothing", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await open(page, "/register", "Register");
  const tops = () =>
    page
      .locator("form input, form button")
      .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
  const before = await tops();
  await page.getByLabel("Email address").fill("ada");
  await tabTo(page, page.locator("form button[type=submit]"));
  await page.keyboard.press("Enter");
  const email = page.getByLabel("Email address");
  await hasFocus(email);
  expect(await tops()).toEqual(before.map((top) => expect.closeTo(top, WHOLE_PIXELS)));
  expect(await email.getAttribute("aria-describedby")).toBe("email-problem");
  expect(await page.locator("#email-problem").innerText()).toMatch(/with an @/);
  await lookNarrowAndWide(page, "register-wrong");
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("a guest's preferences are kept, and the colours hold from the first drawing of the next page", async () => {
  const learner = await Learner.arrive(browser, server.origin, { colorScheme: "light" });
  const page = await learner.page();
  await open(page, "/preferences", "Preferences");
  await page.getByLabel("Day of the exam").first().fill("2027-03-01");
  await page.getByLabel("Minutes a day").fill("30");
  await page.getByLabel("Dark").check();
  await page.getByRole("button", { name: "Save preferences" }).click();
  await page.getByText("Your preferences are saved.").waitFor();
  await open(page, "/preferences", "Preferences");
  await page.getByLabel("Minutes a day").waitFor();
  expect(await page.getByLabel("Minutes a day").inputValue()).toBe("30");
  expect(await page.getByLabel("Day of the exam").first().inputValue()).toBe("2027-03-01");
  await page.addInitScript(() => {
    document.addEventListener("readystatechange", () => {
      if (document.readyState === "interactive")
        document.documentElement.dataset.early = document.documentElement.dataset.theme ?? "none";
    });
  });
  await page.goto("/");
  expect(await page.evaluate(() => document.documentElement.dataset.early)).toBe("dark");
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("the first stop of every page leads past the way around", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await open(page, "/account", "Account");
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await page.getByRole("link", { name: "Skip to the content" }).focus();
  await page.keyboard.press("Enter");
  await hasFocus(page.locator("#main"));
  await page.keyboard.press("Tab");
  await hasFocus(page.getByRole("link", { name: "Register" }));
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("an account is deleted by its password, and not by pressing Enter", async () => {
  const ada = await account(server, { email: "ada@example.org" });
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await signIn(page, ada);
  await open(page, "/account", "Account");
  const first = page.getByRole("button", { name: "Delete my account" });
  await first.focus();
  await page.keyboard.press("Enter");
  const password = page.locator("#delete-password");
  await hasFocus(password);
  await page.keyboard.press("Enter");
  await page.locator("#delete-password-problem", { hasText: "Enter your password." }).waitFor();
  await lookNarrowAndWide(page, "account-delete");
  await password.fill("not the password");
  await page.keyboard.press("Enter");
  await page.getByText("The current password is not right.").waitFor();
  await page.getByRole("button", { name: "Keep it" }).click();
  await hasFocus(first);
  await page.keyboard.press("Enter");
  await password.fill(PASSWORD);
  await page.getByRole("button", { name: "Delete it now" }).click();
  await page.locator(".notice").getByText("Your account is deleted.").waitFor();
  expect(learner.faults.filter((text) => !REFUSED.test(text))).toEqual([]);
  await learner.close();
});
