import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { answer, goOn, linkIs, question, result, served, startSession, tokenOf } from "./harness/quiz";
import { Server } from "./harness/server";

let browser: Browser;
let server: Server;
let learner: Learner;
let page: Page;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());
beforeEach(async () => {
  server = new Server();
  await server.start();
  learner = await Learner.arrive(browser, server.origin);
  page = await learner.page();
});
afterEach(async () => {
  await learner.close();
  await server.dispose();
});

/** Answers questions 1 to `last` and goes on to the one after. */
async function answerUpTo(last: number): Promise<void> {
  for (let position = 1; position <= last; position += 1) {
    await answer(page, position);
    await goOn(page, position + 1);
  }
}

async function storedAnswers(id: string): Promise<number> {
  return (await server.session(id, await tokenOf(page))).progress.answered;
}

test("kill -9 in the middle of a question: the same question comes back, every acknowledged answer is there", async () => {
  const id = await startSession(page);
  await answerUpTo(3);
  const before = await served(page);
  await page.keyboard.press("2");
  await server.kill();
  await linkIs(page, "reconnecting");
  expect(await page.locator(".link-line").innerText()).toMatch(/^Reconnecting/);
  await server.start();
  await linkIs(page, "live");
  expect(await served(page)).toEqual(before);
  expect(await storedAnswers(id)).toBe(3);
  expect(await page.locator(".option.is-chosen").count(), "what was chosen is still chosen").toBe(1);
  await page.keyboard.press("Enter");
  await result(page, 4);
  expect(await storedAnswers(id)).toBe(4);
  await page.reload();
  await question(page, 5);
  expect(learner.faultsBesides(true)).toEqual([]);
});

test("an answer sent to a dead server outlives the page and is counted exactly once", async () => {
  const id = await startSession(page);
  await answerUpTo(2);
  await server.kill();
  await linkIs(page, "reconnecting");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await page.getByText("your answer is kept").waitFor();
  expect(await page.locator("#primary").innerText()).toBe("Kept");
  expect(await page.locator(".option[data-verdict]").count(), "no result is invented").toBe(0);
  const address = page.url();
  // With the server dead the reload ends on the browser's own page of error: ours is gone, and its memory with it.
  const gone = page.waitForEvent("framenavigated", (frame) => frame.url().startsWith("chrome-error:"));
  await page.reload().catch(() => undefined);
  await gone;
  await server.start();
  await page.goto(address);
  await result(page, 3);
  expect(await storedAnswers(id)).toBe(3);
  await goOn(page, 4);
  await page.reload();
  await question(page, 4);
  expect(await storedAnswers(id)).toBe(3);
  await server.kill();
  const positions = server.answers().map((stored) => stored.position);
  expect(positions.sort()).toEqual([1, 2, 3]);
  expect(learner.faultsBesides(true)).toEqual([]);
});

test("an answer sent to a dead server goes out by itself when the server is back", async () => {
  const id = await startSession(page);
  await server.kill();
  await linkIs(page, "reconnecting");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await page.getByText("your answer is kept").waitFor();
  await server.start();
  await result(page, 1);
  await linkIs(page, "live");
  expect(await storedAnswers(id)).toBe(1);
  await server.kill();
  expect(server.answers()).toHaveLength(1);
  expect(learner.faultsBesides(true)).toEqual([]);
});

test("a stored answer whose reply was lost with its page shows its result after a reload, and counts once", async () => {
  const id = await startSession(page);
  const kept = await page.evaluate((session) => {
    // What the outbox held when the page was lost between the server's commit and its reply.
    const prefix = `learnr.outbox.${session}.`;
    const put = localStorage.setItem.bind(localStorage);
    Storage.prototype.setItem = (key: string, value: string) => {
      if (key.startsWith(prefix)) (window as unknown as { lost: string }).lost = JSON.stringify([key, value]);
      put(key, value);
    };
    return prefix;
  }, id);
  await answer(page, 1);
  await page.evaluate(() => {
    const [key, value] = JSON.parse((window as unknown as { lost: string }).lost) as [string, string];
    delete (Storage.prototype as Partial<Storage>).setItem;
    const frame = document.createElement("iframe");
    document.body.append(frame);
    frame.contentWindow?.localStorage.setItem(key, value);
  });
  await page.reload();
  await result(page, 1);
  expect(await storedAnswers(id)).toBe(1);
  const left = await page.evaluate(
    (prefix) => Object.keys(localStorage).filter((key) => key.startsWith(prefix)),
    kept,
  );
  expect(left, "the reply given again settles it").toEqual([]);
});
