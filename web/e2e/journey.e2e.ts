import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import {
  answer,
  goOn,
  hasFocus,
  linkIs,
  question,
  result,
  startSession,
  tabTo,
  tokenOf,
} from "./harness/quiz";
import { Server } from "./harness/server";

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

test("a learner goes from the first page to the summary by keyboard alone", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await startSession(page, { length: 5 });
  await linkIs(page, "live");
  for (let position = 1; position <= 5; position += 1) {
    await question(page, position);
    const tops = () =>
      page
        .locator(".option, .stem, .where")
        .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().top));
    const scores = () =>
      page.locator("[data-score]").evaluateAll((all) => all.map((one) => one.getAttribute("data-score")));
    const [before, known] = [await tops(), await scores()];
    await answer(page, position, String(1 + (position % 2)));
    expect(await tops(), "nothing moves when the answer comes").toEqual(before);
    expect(await page.locator("[data-verdict$=right]").count()).toBeGreaterThan(0);
    expect(await page.locator(".option[data-verdict] .explanation .prose").first().innerText()).not.toBe("");
    expect(await page.locator(".reason").innerText()).toMatch(/^Why this question: ./);
    expect(await page.locator("#announcer").innerText()).toMatch(/^(Right|Not right)\..+likely/s);
    expect(await page.locator('[data-moved="true"]').count()).toBeGreaterThan(0);
    expect(await scores(), "competency moves").not.toEqual(known);
    await hasFocus(page.locator("#primary"));
    if (position < 5) await goOn(page, position + 1);
  }
  expect(await page.locator("#primary").innerText()).toBe("See summary");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/summary$/);
  await page.getByText("You answered every question of this session.").waitFor();
  expect(await page.locator(".bars li").count()).toBe(6);
  await page.keyboard.press("t");
  expect(await page.locator(".competency table tbody tr").count()).toBe(6);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("a session is paused, gone on with, and finished with one question asked in its place", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await startSession(page);
  await answer(page, 1);
  await tabTo(page, page.getByRole("button", { name: "Pause" }));
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Paused" }).waitFor();
  await hasFocus(page.getByRole("button", { name: "Go on" }));
  await page.keyboard.press("Enter");
  await page.locator(".option[data-verdict]").first().waitFor();
  await tabTo(page, page.getByRole("button", { name: "Finish" }));
  await page.keyboard.press("Enter");
  await hasFocus(page.getByRole("button", { name: "Finish now" }));
  await page.keyboard.press("Escape");
  await tabTo(page, page.getByRole("button", { name: "Finish" }));
  await page.keyboard.press("Enter");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/summary$/);
  await page.getByText("You finished this session. You answered 1,").waitFor();
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("an open session is offered on the first page, and is resumed rather than doubled", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const id = await startSession(page);
  await answer(page, 1);
  await page.goto("/");
  await tabTo(page, page.getByRole("link", { name: "Continue" }));
  await page.keyboard.press("Enter");
  await question(page, 2);
  expect(page.url()).toContain(id);
  await page.goto("/start/business-analysis-foundations");
  await tabTo(page, page.locator("form.start button[type=submit]"));
  await page.keyboard.press("Enter");
  await page.locator(".notice").getByText("here it is again").waitFor();
  expect(page.url()).toContain(id);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("what was chosen and not sent is still chosen after a reload, until it is answered", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const id = await startSession(page);
  const drafts = () =>
    page.evaluate(
      (prefix) => Object.keys(localStorage).filter((key) => key.startsWith(prefix)),
      `learnr.draft.${id}.`,
    );
  await page.keyboard.press("2");
  await page.keyboard.press("3");
  await page.reload();
  await question(page, 1);
  const chosen = page.locator(".option.is-chosen");
  expect(await chosen.count()).toBe(1);
  expect(await chosen.locator("kbd").innerText()).toBe("3");
  expect(await chosen.locator("input").isChecked()).toBe(true);
  await page.keyboard.press("Enter");
  await result(page, 1);
  expect(await drafts()).toEqual([]);
  await goOn(page, 2);
  expect(await chosen.count(), "the next question begins without a choice").toBe(0);
  await page.keyboard.press("1");
  expect(await drafts()).toHaveLength(1);
  await page.getByRole("button", { name: "Finish" }).click();
  await page.getByRole("button", { name: "Finish now" }).click();
  await page.waitForURL(/\/summary$/);
  expect(await drafts(), "nothing is left of an ended session").toEqual([]);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("a review with nothing missed says so in plain words", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await page.goto("/start/business-analysis-foundations");
  await page.locator("input[value=review]").check();
  await page.getByRole("button", { name: "Start review session" }).click();
  await page.getByText("You have no missed questions to review yet.").waitFor();
  // The refusal itself is a 422, which browsers write to the console.
  expect(learner.faults.filter((text) => !/status of 422/.test(text))).toEqual([]);
  await learner.close();
});

test("a token that is refused is forgotten, the learner is told, and looking on makes no guest", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await page.goto("/");
  await page.evaluate(() => localStorage.setItem("learnr.token", "stale"));
  await page.reload();
  await page.locator(".notice").getByText("Your guest pass was no longer valid").waitFor();
  await page.getByRole("heading", { name: "Choose a certification" }).waitFor();
  expect(await tokenOf(page)).toBe("");
  expect(learner.faults.filter((text) => !/status of 401/.test(text))).toEqual([]);
  await learner.close();
});

test("with ?debug in the address the frames are readable text", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const frames: (string | Buffer)[] = [];
  page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => frames.push(payload)));
  await page.goto("/start/business-analysis-foundations?debug");
  await page.getByRole("button", { name: "Start practice session" }).click();
  await answer(page, 1);
  const types = frames.map((frame) => (JSON.parse(String(frame)) as { type: string }).type);
  expect(types).toEqual(["welcome", "state", "answered"]);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("the page lives on one origin and its server on another", async () => {
  const other = new Server();
  const pages = new Server();
  await other.start();
  await pages.start("--api-origin", other.origin);
  await other.kill();
  await other.start("--origins", pages.origin);
  const learner = await Learner.arrive(browser, pages.origin);
  const page = await learner.page();
  const id = await startSession(page);
  await answer(page, 1);
  expect((await other.session(id, await tokenOf(page))).progress.answered).toBe(1);
  expect(learner.faults).toEqual([]);
  await learner.close();
  await pages.dispose();
  await other.dispose();
});
