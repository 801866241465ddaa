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
import { hasFocus, tabTo } from "./harness/quiz";
import { Server } from "./harness/server";

const ANOTHER = "seven lanterns over the harbour";
/** What the browser says of an answer that is a refusal. */
const REFUSED = /status of (401|403|404|422)/;

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

const field = (page: Page, name: string) => page.locator(`input[name="${name}"]`);
const faultsOf = (learner: Learner) => learner.faults.filter((text) => !REFUSED.test(text));

/** A browser that is signed in, on a page that holds its token. */
async function device(person: Person): Promise<{ learner: Learner; page: Page }> {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await signIn(page, person);
  return { learner, page };
}

/** Without loading anything anew: the next thing it asks for tells it. */
async function isSignedOut(page: Page): Promise<void> {
  await toAccountPage(page);
  await page.locator(".notice", { hasText: "You were signed out: on another device" }).waitFor();
  await page.getByText("You are here as a guest").waitFor();
}

async function onlyOpens(page: Page, person: Person, password: string): Promise<void> {
  await trySignIn(page, person, password === ANOTHER ? PASSWORD : ANOTHER);
  await page.getByText("Address and password do not go together.").waitFor();
  await signIn(page, person, password);
}

test("who forgot the password asks for a mail, chooses another, is signed in, and every other device is out", async () => {
  const person = await account(server, { email: "forgot@example.org" });
  const other = await device(person);
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await page.goto("/sign-in");
  await tabTo(page, page.getByRole("link", { name: "Forgot your password?" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Choose another password", level: 1 }).waitFor();
  const link = await nextMail(server, "/reset", async () => {
    await tabTo(page, field(page, "email"));
    await page.keyboard.type(person.email);
    await page.keyboard.press("Enter");
    await page.getByText(`If there is an account for ${person.email}`).waitFor();
  });
  await lookNarrowAndWide(page, "forgot-sent");
  await page.goto(link);
  const password = field(page, "password");
  await password.waitFor();
  expect(page.url(), "no token stays in the address").not.toContain("token");
  await tabTo(page, password);
  await page.keyboard.type("password1");
  await page.keyboard.press("Enter");
  await page.getByText(/this password is easily guessed/i).waitFor();
  await lookNarrowAndWide(page, "reset-guessed");
  await password.fill(ANOTHER);
  await page.keyboard.press("Enter");
  await page.locator(".notice", { hasText: "Your password is changed, and you are signed in." }).waitFor();
  await toAccountPage(page);
  await page.getByText(person.email).first().waitFor();
  await isSignedOut(other.page);
  await onlyOpens(other.page, person, ANOTHER);
  await page.goto(link);
  await field(page, "password").fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByText("This link has been used").waitFor();
  expect([...faultsOf(learner), ...faultsOf(other.learner)]).toEqual([]);
  await learner.close();
  await other.learner.close();
});

test("a mail for an address that nobody has here is promised in the same words, and none is sent", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const before = server.mailed("/reset");
  await page.goto("/forgot");
  await field(page, "email").fill("nobody@example.org");
  await page.keyboard.press("Enter");
  await page.getByText("If there is an account for nobody@example.org, a mail is on its way.").waitFor();
  expect(server.mailed("/reset")).toBe(before);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("changing the password takes the old one, says when that is wrong, and signs every other device out", async () => {
  const person = await account(server, { email: "change@example.org" });
  const [other, { learner, page }] = [await device(person), await device(person)];
  await toAccountPage(page);
  const [current, chosen] = [field(page, "current"), field(page, "new-password")];
  await tabTo(page, current);
  await page.keyboard.type("not the password");
  await page.keyboard.press("Tab");
  await hasFocus(chosen);
  await page.keyboard.type(ANOTHER);
  await page.keyboard.press("Enter");
  await page.getByText("The current password is not right. Nothing was changed.").waitFor();
  await lookNarrowAndWide(page, "password-wrong");
  await toAccountPage(other.page);
  await other.page.getByText(person.email).first().waitFor();
  await current.fill(PASSWORD);
  await page.keyboard.press("Enter");
  await page.getByText("Your password is changed. Every other device is signed out.").waitFor();
  expect([await current.inputValue(), await chosen.inputValue()], "no password stays in a field").toEqual([
    "",
    "",
  ]);
  await other.page.locator(".places a[href='/history']").click();
  await isSignedOut(other.page);
  await page.reload();
  await page.getByText(person.email).first().waitFor();
  await onlyOpens(other.page, person, ANOTHER);
  expect([...faultsOf(learner), ...faultsOf(other.learner)]).toEqual([]);
  await learner.close();
  await other.learner.close();
});
