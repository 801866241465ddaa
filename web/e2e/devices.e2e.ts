import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account, OWNER, type Person, signIn, toAccountPage } from "./harness/account";
import { Learner, launch } from "./harness/browser";
import { lookNarrowAndWide } from "./harness/look";
import { hasFocus, tabTo } from "./harness/quiz";
import { Server } from "./harness/server";

const server = new Server();
let browser: Browser;
let person: Person;

beforeAll(async () => {
  await server.start("--owner-token", OWNER, "--rate-limits", "off");
  browser = await launch();
  person = await account(server, { email: "devices@example.org" });
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

async function device(userAgent: string): Promise<{ learner: Learner; page: Page }> {
  const learner = await Learner.arrive(browser, server.origin, { userAgent });
  const page = await learner.page();
  await signIn(page, person);
  return { learner, page };
}

const section = (page: Page) => page.locator("section", { has: page.locator("h2", { hasText: /^Devices/ }) });

async function isSignedOut(page: Page): Promise<void> {
  await page.locator(".notice", { hasText: "You were signed out: on another device" }).waitFor();
  await page.getByText("You are here as a guest").waitFor();
}

test("another device is signed out from here, then all the others, and this one stays", async () => {
  const desk = await device("The desk");
  const phone = await device("The phone");
  const tablet = await device("The tablet");
  for (const { page } of [phone, tablet]) await toAccountPage(page);
  const { page } = desk;
  await toAccountPage(page);
  const cards = section(page).locator("li");
  // The fourth is the one that the account was made with.
  await expect.poll(() => cards.count()).toBe(4);
  expect(await cards.filter({ hasText: "(this one)" }).innerText()).toMatch(/^The desk/);
  expect(await cards.filter({ hasText: "The desk" }).getByRole("button").count()).toBe(0);
  await lookNarrowAndWide(page, "devices");
  await tabTo(page, page.getByRole("button", { name: "Sign out The phone" }));
  await page.keyboard.press("Enter");
  await cards.filter({ hasText: "The phone" }).waitFor({ state: "detached" });
  expect(await page.locator("#announcer").innerText()).toBe("Signed out.");
  await hasFocus(section(page).locator("ul"));
  await phone.page.getByRole("button", { name: "Export my data" }).click();
  await isSignedOut(phone.page);
  await tablet.page.reload();
  await tablet.page.getByText(person.email).first().waitFor();

  await tabTo(page, page.getByRole("button", { name: "Sign out all others" }));
  await page.keyboard.press("Enter");
  await page.getByText("No other device is signed in.").waitFor();
  expect(await cards.count()).toBe(1);
  await hasFocus(section(page).locator("ul"));
  await tablet.page.getByRole("button", { name: "Export my data" }).click();
  await isSignedOut(tablet.page);
  await page.reload();
  await page.getByText(person.email).first().waitFor();
  await signIn(phone.page, person);
  const all = [desk, phone, tablet].flatMap(({ learner }) => learner.faults);
  expect(all.filter((text) => !/status of 401/.test(text))).toEqual([]);
  for (const { learner } of [desk, phone, tablet]) await learner.close();
});
