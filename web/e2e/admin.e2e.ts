import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account, OWNER, type Person, signIn } from "./harness/account";
import { Learner, launch } from "./harness/browser";
import { lookNarrowAndWide } from "./harness/look";
import { hasFocus, startSession, tabTo } from "./harness/quiz";
import { Server } from "./harness/server";

/** What a browser itself writes when somebody is refused. */
const REFUSED = /the server responded with a status of (401|403)/;

const server = new Server();
let browser: Browser;
let admin: Person;
let ada: Person;

beforeAll(async () => {
  await server.start("--owner-token", OWNER, "--rate-limits", "off");
  browser = await launch();
  admin = await account(server, { email: "admin@example.org", name: "Grace", roles: ["admin"] });
  ada = await account(server, { email: "ada@example.org", name: "Ada" });
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

async function open(page: Page, path: string, heading: string): Promise<void> {
  await page.goto(path);
  await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
  await expect.poll(() => page.locator(".pending").count(), { timeout: 20_000 }).toBe(0);
}

/** The card of somebody, with what can be changed unfolded. */
async function card(page: Page, person: Person): Promise<Locator> {
  await open(page, "/admin/people", "People");
  await page.getByLabel("Part of an address or a name").fill(person.email);
  await page.getByRole("button", { name: "Find" }).click();
  const found = page.locator(`[data-person="${person.learner}"]`);
  await found.waitFor();
  await expect.poll(() => page.locator("[data-person]").count()).toBe(1);
  await found.locator("summary").click();
  return found;
}

/** Presses what changes something, reads what it would do, does it. */
async function change(of: Locator, label: string, consequence: RegExp): Promise<void> {
  await of.getByRole("button", { name: label, exact: true }).click();
  const asked = of.locator(".asked");
  await asked.waitFor();
  expect(await asked.innerText()).toMatch(consequence);
  await asked.getByRole("button", { name: label, exact: true }).click();
  await asked.waitFor({ state: "detached" });
}

test("a role is given and taken by keyboard, never by pressing twice, and each change says first what it does", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await signIn(page, admin);
  await page.getByRole("link", { name: "Admin" }).waitFor();
  const of = await card(page, ada);
  expect(await of.innerText(), "the list knows of the password").toContain("Signs in with a password");
  const give = of.getByRole("button", { name: "Give the role author" });
  await tabTo(page, give);
  await page.keyboard.press("Enter");
  await hasFocus(of.getByRole("button", { name: "Leave it as it is" }));
  await lookNarrowAndWide(page, "admin-people-asked");
  await page.keyboard.press("Enter");
  await hasFocus(give);
  expect(await of.innerText()).toContain("No role");
  await change(of, "Give the role author", /will see the figures/);
  await of.getByText("Roles: author").waitFor();
  await change(of, "Enter as an author", /as long as they have the role author/);
  await hasFocus(of.locator("h2"));
  await of.getByText("Entered as an author of").waitFor();
  const again = await card(page, ada);
  await again.getByText("Roles: author").waitFor();
  await change(again, "Take the role author away", /see no certification’s figures/);
  await again.getByText("No role").waitFor();
  await lookNarrowAndWide(page, "admin-people");
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("somebody signed out everywhere is a guest on the page they have open", async () => {
  const theirs = await Learner.arrive(browser, server.origin);
  const page = await theirs.page();
  await signIn(page, ada);
  const ours = await Learner.arrive(browser, server.origin);
  const people = await ours.page();
  await signIn(people, admin);
  await change(await card(people, ada), "Sign out everywhere", /Every device that Ada is signed in on/);
  await page.goto("/account");
  await page.getByText("You are here as a guest").waitFor();
  expect(ours.faults).toEqual([]);
  await ours.close();
  await theirs.close();
});

test("what admins did is written down, latest first", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await signIn(page, admin);
  await open(page, "/admin/audit", "What admins did");
  const table = page.getByRole("table", { name: "What admins did" });
  await table.waitFor();
  const first = await table.locator("tbody tr").first().innerText();
  expect(first).toContain("Signed out everywhere");
  expect(await table.innerText()).toContain("Gave a role");
  expect(await table.innerText()).toContain("The owner’s token");
  await lookNarrowAndWide(page, "admin-audit");
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("instances, a session among them, and their health are seen", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const session = await startSession(page, { length: 5 });
  await signIn(page, admin);
  await open(page, "/admin/cluster", "Instances");
  await page.getByRole("table", { name: "Instances" }).getByText("Working").waitFor();
  await page.getByLabel("Session id").fill("nonsense");
  await page.getByRole("button", { name: "Look it up" }).click();
  await hasFocus(page.getByLabel("Session id"));
  await page.getByLabel("Session id").fill(session);
  await page.getByRole("button", { name: "Look it up" }).click();
  await page.locator(`[data-place="${session}"]`).getByText("Under way").waitFor();
  await lookNarrowAndWide(page, "admin-cluster");
  await open(page, "/admin/health", "Health");
  await page.locator('[data-health="ok"]').waitFor();
  await page.getByRole("rowheader", { name: "Sessions in memory" }).waitFor();
  await lookNarrowAndWide(page, "admin-health");
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("a wide table scrolls in a region of its own, by keyboard, on a narrow page", async () => {
  const learner = await Learner.arrive(browser, server.origin, { viewport: { width: 360, height: 740 } });
  const page = await learner.page();
  await signIn(page, admin);
  await open(page, "/admin/cluster", "Instances");
  const region = page.getByRole("region", { name: "Instances" });
  await tabTo(page, region);
  await page.keyboard.press("ArrowRight");
  await expect.poll(() => region.evaluate((element) => element.scrollLeft)).toBeGreaterThan(0);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("pages of admins tell everybody else which role they take", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await open(page, "/admin/people", "People");
  expect(await page.locator('[data-needs="admin"]').innerText()).toContain("This page is for admins");
  await signIn(page, ada);
  for (const [path, heading] of [
    ["/admin/people", "People"],
    ["/admin/cluster", "Instances"],
    ["/admin/health", "Health"],
    ["/admin/audit", "What admins did"],
  ] as const) {
    await open(page, path, heading);
    await page.locator('[data-needs="admin"]').getByText("You need the role admin").waitFor();
  }
  expect(await page.getByRole("link", { name: "Admin", exact: true }).count()).toBe(0);
  await lookNarrowAndWide(page, "admin-refused");
  expect(learner.faults.filter((text) => !REFUSED.test(text))).toEqual([]);
  await learner.close();
});
