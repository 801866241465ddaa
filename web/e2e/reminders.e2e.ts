import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account, type Person, signIn } from "./harness/account";
import { Learner, launch } from "./harness/browser";
import { lookNarrowAndWide } from "./harness/look";
import { hasFocus, tabTo } from "./harness/quiz";
import { Server } from "./harness/server";

const server = new Server();
/** What the browser says of an answer that is a refusal. */
const REFUSED = /status of 404/;
let browser: Browser;

beforeAll(async () => {
  await server.start();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

/** Where the link in a reminder leads. None is sent before an evening with reviews due: the server's own tests wait for that one. */
function link({ learner }: Person): string {
  const secret = readFileSync(join(server.folder, "secret"), "utf8").trim();
  const body = `u1.${Buffer.from(learner.replaceAll("-", ""), "hex").toString("base64url")}`;
  return `/unsubscribe?token=${body}.${createHmac("sha256", secret).update(body).digest("base64url")}`;
}

function box(page: Page) {
  return page.getByLabel("Send me a mail when reviews are due");
}

async function openPreferences(page: Page): Promise<void> {
  await page.goto("/preferences");
  await box(page).waitFor();
}

async function press(page: Page): Promise<void> {
  const stop = page.getByRole("button", { name: "Stop the mails" });
  await tabTo(page, stop);
  await page.keyboard.press("Enter");
}

test("reminders are asked for on the page and ended by the link in one, by keyboard, signed in nowhere", async () => {
  const ada = await account(server, { email: "ada@example.org" });
  const learner = await Learner.arrive(browser, server.origin, { timezoneId: "America/New_York" });
  const page = await learner.page();
  await signIn(page, ada);
  await openPreferences(page);
  expect(await box(page).isChecked(), "nobody is reminded who did not ask for it").toBe(false);
  await page.getByText("by the clock of America/New_York").waitFor();
  await page.getByText("This site sends no mail yet").waitFor();
  await box(page).check();
  await page.getByRole("button", { name: "Save preferences" }).click();
  await page.getByText("Your preferences are saved.").waitFor();
  await openPreferences(page);
  expect(await box(page).isChecked()).toBe(true);
  const reader = await Learner.arrive(browser, server.origin);
  const elsewhere = await reader.page();
  await elsewhere.goto(link(ada));
  await elsewhere.getByRole("heading", { name: "Reminders", level: 1 }).waitFor();
  expect(elsewhere.url(), "no token stays in the address").not.toContain("token");
  await openPreferences(page);
  expect(await box(page).isChecked(), "opening the link is not enough").toBe(true);
  await press(elsewhere);
  await elsewhere.getByText("There are no more of these mails.").waitFor();
  await lookNarrowAndWide(elsewhere, "unsubscribe-done");
  await openPreferences(page);
  expect(await box(page).isChecked()).toBe(false);
  await lookNarrowAndWide(page, "preferences-reminders");
  expect([...learner.faults, ...reader.faults]).toEqual([]);
  await learner.close();
  await reader.close();
});

test("a link that is none of ours says so and where else to go, and a guest is told what mails need", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await page.goto("/unsubscribe?token=u1.nonsense");
  await press(page);
  const refusal = page.getByText("This is no link from one of our mails.");
  await refusal.waitFor();
  await hasFocus(page.locator("[data-refusal]"));
  await lookNarrowAndWide(page, "unsubscribe-refused");
  await page.getByRole("link", { name: "Preferences" }).last().click();
  await box(page).waitFor();
  expect(await box(page).isDisabled()).toBe(true);
  await page.getByText("Mails need an account with an address.").waitFor();
  expect(learner.faults.filter((fault) => !REFUSED.test(fault))).toEqual([]);
  await learner.close();
});
