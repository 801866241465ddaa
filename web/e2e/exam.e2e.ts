import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { importMade } from "./harness/certification";
import { begin, enter, guest, items, overview, placeIs, press, save, standing } from "./harness/exam";
import { lookNarrowAndWide } from "./harness/look";
import { chosenDigits, hasFocus, linkIs, question, tabTo } from "./harness/quiz";
import { Server } from "./harness/server";

/** The shortest limit there is takes a minute of the server's clock, and a browser test cannot move that. */
const WITHIN_MS = 150_000;
const UNTIL_THE_END_MS = 90_000;

const server = new Server();
let browser: Browser;

beforeAll(async () => {
  importMade(server, { id: "short", title: "Short exam", items: items(6) });
  await server.start();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

/** From the first question: a choice taken back, the way to what is not answered, and to the last question before submitting. */
async function changeAndLookAgain(page: Page): Promise<void> {
  await page.keyboard.press("2");
  await page.getByText("Not saved yet.").waitFor();
  await page.keyboard.press("1");
  await page.getByText("Saved. You can change it until you submit.").waitFor();
  await overview(page);
  await press(page, "Submit exam");
  await page.getByRole("heading", { name: "Submit your exam?" }).waitFor();
  expect(await page.title()).toBe("Submit your exam? · LearnR");
  await page.getByText("You flagged question 2.").waitFor();
  await lookNarrowAndWide(page, "exam-submit");
  await press(page, "Go to question 2");
  await save(page, 2, "1");
  await question(page, 3);
  await page.keyboard.press("1");
  await overview(page);
  await page.keyboard.press("Escape");
  await question(page, 3);
  await overview(page);
  await press(page, "Submit exam");
  await page.getByText("Your choice for question 3 is not saved yet. It is saved when you submit.").waitFor();
  await page.getByText("2 questions have no answer: 4 and 5. They count as wrong.").waitFor();
}

test(
  "an exam is sat by keyboard alone: saved, flagged, gone back to, changed, and submitted",
  async () => {
    const learner = await Learner.arrive(browser, server.origin);
    const page = await learner.page();
    const token = await guest(page, server);
    const id = await begin(server, token, { certification: "short", kind: "exam", length: 5 });
    await page.goto(`/session/${id}`);
    await question(page, 1);
    await linkIs(page, "live");
    expect(await page.locator("[role=timer]").innerText()).toMatch(/^\d\d:\d\d left$/);
    await lookNarrowAndWide(page, "exam-question");
    const tops = () =>
      page
        .locator(".where, .stem, .exam-actions, #primary")
        .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
    await page.evaluate(() => window.scrollTo(0, 0));
    const before = await tops();
    await save(page, 1, "1");
    await question(page, 2);
    await hasFocus(page.locator("#stem"));
    expect(await tops(), "nothing moves from a question to the next").toEqual(before);
    await press(page, "Flag");
    await page.getByRole("button", { name: "Unflag" }).waitFor();
    await press(page, "Next");
    await save(page, 3, "2");
    await question(page, 4);

    await overview(page);
    await placeIs(page, 1, "answered");
    await placeIs(page, 2, "no answer, flagged");
    await placeIs(page, 3, "answered");
    await placeIs(page, 4, "no answer, open now");
    await page.getByText("3 questions have no answer: 2, 4, and 5. They count as wrong.").waitFor();
    expect(await page.title()).toBe("Overview · LearnR");
    await lookNarrowAndWide(page, "exam-overview");
    await linkIs(page, "live");
    await tabTo(page, page.locator('[data-place="4"]'));
    await page.keyboard.press("Home");
    await hasFocus(page.locator('[data-place="1"]'));
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("Enter");
    await question(page, 1);
    expect(await chosenDigits(page)).toEqual(["1"]);
    await page.getByText("Saved. You can change it until you submit.").waitFor();

    await changeAndLookAgain(page);
    await press(page, "Submit now");
    await page.waitForURL(/\/summary$/);
    // 65 % of five pass: four right answers.
    await page.getByText("Not passed").waitFor();
    await page.getByText("3 of 5 right, 60%. 4 right answers pass.").waitFor();
    await page.getByText("2 questions without an answer count as wrong.").waitFor();
    await lookNarrowAndWide(page, "exam-summary");
    expect(learner.faults).toEqual([]);
    await learner.close();
  },
  WITHIN_MS,
);

test("what one device does the other shows, and what was chosen on either is not lost", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const elsewhere = await Learner.arrive(browser, server.origin);
  const [one, two] = [await learner.page(), await elsewhere.page()];
  const token = await guest(one, server);
  await enter(two, token);
  const id = await begin(server, token, { certification: "short", kind: "exam", length: 4 });
  for (const page of [one, two]) {
    await page.goto(`/session/${id}`);
    await question(page, 1);
  }
  await two.keyboard.press("3");
  await standing(two, "unsaved");
  await save(one, 1, "1");
  await question(two, 2);
  const heard = two.locator("#announcer");
  await expect.poll(() => heard.innerText()).toMatch(/Question 1 was answered on another device/);
  await press(two, "Previous");
  await question(one, 1);
  await expect
    .poll(() => chosenDigits(two), { message: "what is recorded, not what was only chosen" })
    .toEqual(["1"]);
  await two.keyboard.press("2");
  await standing(two, "unsaved");
  await press(one, "Next");
  await question(two, 2);
  await overview(two);
  await placeIs(two, 1, "answered");
  await press(one, "Flag");
  await placeIs(two, 2, "no answer, flagged, open now");
  await two.keyboard.press("Escape");
  await press(two, "Previous");
  await question(one, 1);
  await expect
    .poll(() => chosenDigits(one), { message: "saved when the other device went on" })
    .toEqual(["2"]);
  await overview(one);
  await press(one, "Submit exam");
  await press(one, "Submit now");
  await one.waitForURL(/\/summary$/);
  await two.waitForURL(/\/summary$/);
  expect([...learner.faults, ...elsewhere.faults]).toEqual([]);
  await learner.close();
  await elsewhere.close();
});

test("while the server is away an answer is kept, and other questions wait", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const token = await guest(page, server);
  const id = await begin(server, token, { certification: "short", kind: "exam", length: 3 });
  await page.goto(`/session/${id}`);
  await question(page, 1);
  await page.route("**/tickets", (route) => route.abort("connectionrefused"));
  await server.kill();
  await linkIs(page, "reconnecting");
  await page.keyboard.press("2");
  await page.keyboard.press("Enter");
  await page.getByText("Kept on this device, and sent when the connection is back.").waitFor();
  // Changed once more before it got out: only this one is sent.
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await standing(page, "saving");
  expect(await page.locator("#primary").getAttribute("aria-disabled")).toBe("true");
  await page.getByText("You can go to another question when the connection is back.").waitFor();
  await lookNarrowAndWide(page, "exam-away");
  await server.start();
  await page.unroute("**/tickets");
  await question(page, 2);
  await press(page, "Previous");
  await question(page, 1);
  expect(await chosenDigits(page)).toEqual(["1"]);
  expect(server.answers().filter(({ session }) => session === id)).toHaveLength(1);
  expect(learner.faultsBesides(true)).toEqual([]);
  await learner.close();
});

test(
  "when the time is up, what is chosen is saved, and the exam is submitted by the server's clock",
  async () => {
    const learner = await Learner.arrive(browser, server.origin);
    const page = await learner.page();
    const token = await guest(page, server);
    const id = await begin(server, token, {
      certification: "short",
      kind: "exam",
      length: 3,
      time_limit_minutes: 1,
    });
    await page.goto(`/session/${id}`);
    await question(page, 1);
    await page.keyboard.press("2");
    await standing(page, "unsaved");
    const saved = page.locator('form.question[data-position="1"][data-standing="answered"]');
    await saved.waitFor({ timeout: UNTIL_THE_END_MS });
    // In the seconds that are left nobody has to say that it is to be saved.
    await page.keyboard.press("1");
    await page.waitForURL(/\/summary$/, { timeout: UNTIL_THE_END_MS });
    await page.getByText("The time was up. You answered 1, 1 of them right").waitFor();
    await page.getByText("2 questions without an answer count as wrong.").waitFor();
    expect(learner.faults.filter((text) => !/status of 409/.test(text))).toEqual([]);
    await learner.close();
  },
  WITHIN_MS,
);
