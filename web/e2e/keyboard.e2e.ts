import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account, OWNER, PASSWORD, type Person } from "./harness/account";
import { Learner, launch } from "./harness/browser";
import { hasFocus, tabTo } from "./harness/quiz";
import { Server } from "./harness/server";

const server = new Server();
let browser: Browser;
let person: Person;

beforeAll(async () => {
  await server.start("--owner-token", OWNER, "--rate-limits", "off");
  browser = await launch();
  person = await account(server, { email: "keys@example.org" });
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

const field = (page: Page, name: string) => page.locator(`[name="${name}"]`);

async function type(page: Page, name: string, text: string): Promise<void> {
  await tabTo(page, field(page, name));
  await page.keyboard.press("Control+a");
  await page.keyboard.type(text);
}

/** From the first page, by the way around and the links on the way. */
async function toSignIn(page: Page): Promise<void> {
  await page.goto("/");
  await tabTo(page, page.locator(".places a[href='/account']"));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Account", level: 1 }).waitFor();
  await tabTo(page, page.getByRole("link", { name: "Sign in" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Sign in", level: 1 }).waitFor();
}

test("signing in, a wrong password first, and out again by keyboard alone", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await toSignIn(page);
  await tabTo(page, field(page, "email"));
  await page.keyboard.press("Enter");
  await hasFocus(field(page, "email"));
  expect(await page.locator("#email-problem").innerText()).not.toBe("");
  await type(page, "email", person.email);
  await type(page, "password", "not the password");
  await page.keyboard.press("Enter");
  await page.getByText("Address and password do not go together.").waitFor();
  await hasFocus(page.locator("form [data-refusal]"));
  await page.keyboard.press("Shift+Tab");
  await hasFocus(field(page, "password"));
  await page.keyboard.press("Control+a");
  await page.keyboard.type(PASSWORD);
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/");
  await tabTo(page, page.locator(".places a[href='/account']"));
  await page.keyboard.press("Enter");
  await page.getByText(person.email).waitFor();
  await tabTo(page, page.getByRole("button", { name: "Sign out", exact: true }).first());
  await page.keyboard.press("Enter");
  await page.waitForURL((url) => url.pathname === "/");
  await tabTo(page, page.locator(".places a[href='/account']"));
  await page.keyboard.press("Enter");
  await page.getByText("You are here as a guest").waitFor();
  expect(learner.faults.filter((text) => !/status of 401/.test(text))).toEqual([]);
  await learner.close();
});

test("preferences are read, got wrong, put right and saved by keyboard alone", async () => {
  const learner = await Learner.arrive(browser, server.origin, { colorScheme: "light" });
  const page = await learner.page();
  await page.goto("/account");
  await tabTo(page, page.getByRole("link", { name: "Preferences" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Preferences", level: 1 }).waitFor();
  await field(page, "minutes").waitFor();
  await type(page, "minutes", "a lot");
  await page.keyboard.press("Enter");
  await hasFocus(field(page, "minutes"));
  expect(await page.locator("#minutes-problem").innerText()).toMatch(/whole number/);
  await page.keyboard.press("Control+a");
  await page.keyboard.type("25");
  await tabTo(page, field(page, "multiplier"));
  await page.keyboard.press("ArrowDown");
  const multiplier = await field(page, "multiplier").inputValue();
  await tabTo(page, page.locator("input[name=theme]:checked"));
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  expect(await page.locator("input[name=theme]:checked").inputValue()).toBe("dark");
  await tabTo(page, page.locator("form button[type=submit]"));
  await page.keyboard.press("Enter");
  await page.getByText("Your preferences are saved.").waitFor();
  await hasFocus(page.locator("form button[type=submit]"));
  expect(await page.locator("html").getAttribute("data-theme")).toBe("dark");
  await page.reload();
  await field(page, "minutes").waitFor();
  expect(await field(page, "minutes").inputValue()).toBe("25");
  expect(await field(page, "multiplier").inputValue()).toBe(multiplier);
  expect(learner.faults).toEqual([]);
  await learner.close();
});
