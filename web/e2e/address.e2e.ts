import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  account,
  nextMail,
  OWNER,
  PASSWORD,
  type Person,
  signIn,
  toAccountPage,
  trySignIn,
} from "./harness/account";
import { Learner, launch } from "./harness/browser";
import { lookNarrowAndWide } from "./harness/look";
import { tabTo } from "./harness/quiz";
import { Server } from "./harness/server";

const NEW = "grace.hopper@example.org";
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

/** By keyboard alone, a wrong password first. */
async function askFor(page: Page, email: string): Promise<string> {
  await toAccountPage(page);
  await tabTo(page, page.locator("input[name=new-email]"));
  await page.keyboard.type(email);
  await page.keyboard.press("Tab");
  await page.keyboard.type("not the password");
  await page.keyboard.press("Enter");
  await page.getByText("The current password is not right. Nothing was changed.").waitFor();
  return nextMail(server, "/confirm", async () => {
    await page.locator("input[name=email-password]").fill(PASSWORD);
    await page.keyboard.press("Enter");
    await page.getByText(`A mail is on its way to ${email}.`).waitFor();
  });
}

async function addressIs(page: Page, email: string): Promise<void> {
  await page.goto("/account");
  await page.getByText(email).first().waitFor();
}

test("an address changes when its owner opens the mailed link and confirms it, and not before", async () => {
  const person: Person = await account(server, { email: "ada@example.org" });
  const learner = await Learner.arrive(browser, server.origin);
  const elsewhere = await Learner.arrive(browser, server.origin);
  const [page, other] = [await learner.page(), await elsewhere.page()];
  await signIn(page, person);
  const link = await askFor(page, NEW);
  await lookNarrowAndWide(page, "address-mailed");
  await addressIs(page, person.email);
  await other.goto(link);
  await other.getByText(`Somebody wants ${NEW} for an account that you are not signed in to here.`).waitFor();
  await lookNarrowAndWide(other, "address-not-yours");
  await addressIs(page, person.email);
  await page.goto(link);
  await page.getByText(`${NEW} becomes the address of your account.`).waitFor();
  expect(page.url(), "no token stays in the address").not.toContain("token");
  await lookNarrowAndWide(page, "address-confirm");
  await addressIs(page, person.email);
  await page.goto(link);
  const confirm = page.getByRole("button", { name: "Confirm", exact: true });
  await tabTo(page, confirm);
  await page.keyboard.press("Enter");
  await page.locator(".notice", { hasText: "Your address is confirmed, and you are signed in." }).waitFor();
  await addressIs(page, NEW);
  await trySignIn(other, person, PASSWORD);
  await other.getByText("Address and password do not go together.").waitFor();
  await signIn(other, { email: NEW });
  await addressIs(other, NEW);
  await page.goto(link);
  await page.getByText("This link has been used").waitFor();
  expect([...learner.faults, ...elsewhere.faults].filter((text) => !REFUSED.test(text))).toEqual([]);
  await learner.close();
  await elsewhere.close();
});
