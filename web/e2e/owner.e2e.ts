import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account, OWNER, type Person, signIn } from "./harness/account";
import { Learner, launch } from "./harness/browser";
import { lookNarrowAndWide } from "./harness/look";
import { answer, goOn, hasFocus, startSession, tabTo, tokenOf } from "./harness/quiz";
import { Server } from "./harness/server";

const CERTIFICATION = "business-analysis-foundations";
const OWN = `/own/${CERTIFICATION}`;
const NOTE = "The key is B, see page 12 of the guide.";
/** What a browser itself writes when somebody is refused. */
const REFUSED = /the server responded with a status of (401|403)/;

const server = new Server();
let browser: Browser;
let author: Person;
let stranger: Person;
/** A question that was answered and reported. */
let reported = "";

beforeAll(async () => {
  await server.start("--owner-token", OWNER, "--rate-limits", "off");
  browser = await launch();
  author = await account(server, { email: "author@example.org", roles: ["author"], authorOf: CERTIFICATION });
  stranger = await account(server, { email: "stranger@example.org", roles: ["author"] });
  reported = await practiceAndReport();
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

/** A guest answers five questions and says of the first that its key is wrong. */
async function practiceAndReport(): Promise<string> {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await startSession(page, { length: 5 });
  const item = (await page.locator("form.question").getAttribute("data-item")) ?? "";
  for (let position = 1; position <= 5; position += 1) {
    await answer(page, position, "2");
    if (position < 5) await goOn(page, position + 1);
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/summary$/);
  const path = `/v1/certifications/${CERTIFICATION}/items/${encodeURIComponent(item)}/reports`;
  const response = await fetch(server.origin + path, {
    method: "POST",
    headers: { authorization: `Bearer ${await tokenOf(page)}`, "content-type": "application/json" },
    body: JSON.stringify({ reason: "wrong_key", note: NOTE }),
  });
  expect(response.status).toBe(202);
  await learner.close();
  return item;
}

/** Figures are about a second late: asked for until the session is in them. */
async function openFigures(page: Page): Promise<void> {
  await expect
    .poll(
      async () => {
        await page.goto(OWN);
        await page.locator("#items table").waitFor();
        await page.locator("#learners .pending").waitFor({ state: "detached" });
        return page.locator("#learners tbody tr").count();
      },
      { timeout: 30_000 },
    )
    .toBe(1);
}

test("an author finds the figures of a certification, sorts them, and finds one question by keyboard alone", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await signIn(page, author);
  await page.getByRole("link", { name: "Authoring" }).click();
  await page.locator(`[data-certification="${CERTIFICATION}"] a`).click();
  await page.waitForURL(`**${OWN}`);
  await openFigures(page);
  const table = page.getByRole("table", { name: "Questions" });
  const answers = table.getByRole("columnheader", { name: "Answers" });
  expect(await answers.getAttribute("aria-sort")).toBe("none");
  await tabTo(page, answers.getByRole("button"));
  await page.keyboard.press("Enter");
  expect(await answers.getAttribute("aria-sort")).toBe("descending");
  await hasFocus(answers.getByRole("button"));
  expect(await table.locator("tbody tr").first().locator("td").nth(3).innerText()).toBe("1");
  await page.keyboard.press("Enter");
  expect(await answers.getAttribute("aria-sort")).toBe("ascending");
  await page.getByLabel("Find questions").fill(reported);
  await expect.poll(() => table.locator("tbody tr").count()).toBe(1);
  expect(await table.locator("tbody th").first().innerText()).toContain(reported);
  await page.getByLabel("Find questions").fill("there is no such question");
  await page.getByText("No question of those loaded goes with that.").waitFor();
  await page.getByLabel("Find questions").fill("");
  await page.getByText("What the columns mean").click();
  await page.getByText("Whether those who get it right also do well elsewhere").waitFor();
  await lookNarrowAndWide(page, "owner");
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("what learners report is read without their names", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await signIn(page, author);
  await page.goto(OWN);
  const report = page.locator(`[data-report="${reported}"]`);
  await report.waitFor();
  expect(await report.innerText()).toContain(NOTE);
  expect(await report.innerText()).toContain("Another option is right");
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("answers are exported as a file with the token, and an impossible span is not asked for", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await signIn(page, author);
  await openFigures(page);
  await page.getByLabel("Sessions that ended from").fill("2026-11-02");
  await page.locator("#export-to").fill("2026-11-01");
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await hasFocus(page.locator("#export-to"));
  await page.locator("#export-to").fill("");
  await page.getByLabel("Sessions that ended from").fill("");
  const downloaded = page.waitForEvent("download");
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const file = await downloaded;
  expect(file.suggestedFilename()).toBe(`${CERTIFICATION}-answers.csv`);
  const lines = readFileSync(await file.path(), "utf8")
    .trim()
    .split("\n");
  expect(lines[0]).toMatch(/^session,learner,version,/);
  expect(lines, "a row of names and five answers").toHaveLength(6);
  await page.getByText("The file is being saved").waitFor();
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("whoever may not is told which role it takes, and sees no way there", async () => {
  const other = await Learner.arrive(browser, server.origin);
  const page = await other.page();
  await page.goto(OWN);
  await page.locator('[data-needs="author"]').waitFor();
  expect(await tokenOf(page), "no guest was made to be refused").toBe("");
  expect(await page.getByRole("link", { name: "Authoring" }).count()).toBe(0);
  await lookNarrowAndWide(page, "owner-guest");
  await signIn(page, stranger);
  await page.goto(OWN);
  const refusal = page.locator('[data-needs="author"]');
  await refusal.waitFor();
  expect(await refusal.innerText()).toContain("You need the role author and to be entered");
  expect(await refusal.innerText()).toContain("Your account’s roles: author.");
  expect(await page.locator("#export").count(), "nothing more of the page").toBe(0);
  expect(await page.getByRole("link", { name: "Admin" }).count()).toBe(0);
  await lookNarrowAndWide(page, "owner-refused");
  expect(other.faults.filter((text) => !REFUSED.test(text))).toEqual([]);
  await other.close();
});
