import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { begin, guest, overview, save } from "./harness/exam";
import { SHOTS } from "./harness/look";
import { answer, goOn, question, startSession, tabTo } from "./harness/quiz";
import { everyTargetIsAStop } from "./harness/reach";
import { Server } from "./harness/server";

const CERTIFICATION = "business-analysis-foundations";
/** Around an element, px: where its focus is drawn. */
const AROUND = 6;

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

/** A device whose owner has chosen a few colours for everything, as with high contrast. */
async function forced(): Promise<{ learner: Learner; page: Page }> {
  const learner = await Learner.arrive(browser, server.origin, {
    forcedColors: "active",
    reducedMotion: "reduce",
  });
  return { learner, page: await learner.page() };
}

/** What is seen of it: colours that a page names are not what such a device draws. */
async function drawn(page: Page, what: Locator): Promise<Buffer> {
  const box = await what.boundingBox();
  if (box === null) throw new Error(`${what} is not drawn`);
  const clip = {
    x: box.x - AROUND,
    y: box.y - AROUND,
    width: box.width + 2 * AROUND,
    height: box.height + 2 * AROUND,
  };
  return page.screenshot({ clip, animations: "disabled", caret: "hide" });
}

const differs = (one: Buffer, other: Buffer) => !one.equals(other);

test("with forced colours the option that is chosen is seen, and the one that has the focus", async () => {
  const { learner, page } = await forced();
  await startSession(page, { length: 5 });
  const [first, second] = [page.locator(".option").nth(0), page.locator(".option").nth(1)];
  await page.locator("#stem").focus();
  const [bare, other] = [await drawn(page, first), await drawn(page, second)];
  await page.keyboard.press("1");
  const focused = await drawn(page, first);
  await page.screenshot({ path: `${SHOTS}forced-chosen.png` });
  await page.locator("#stem").focus();
  const chosen = await drawn(page, first);
  expect(differs(chosen, bare), "chosen is not as it was").toBe(true);
  expect(differs(focused, chosen), "nor is the focus").toBe(true);
  expect(differs(await drawn(page, second), other), "what is not chosen is as it was").toBe(false);
  await page.keyboard.press("Enter");
  await page.locator(".option[data-verdict]").first().waitFor();
  await page.screenshot({ path: `${SHOTS}forced-result.png` });
  const verdicts = await page.locator(".option[data-verdict] .verdict").allInnerTexts();
  expect(verdicts.join(" "), "what was right is said in words").toMatch(/right/i);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("with forced colours every target is a stop whose focus is drawn", async () => {
  const { learner, page } = await forced();
  for (const path of ["/", `/start/${CERTIFICATION}`, "/account", "/sign-in"]) {
    await page.goto(path);
    await page.locator("main h1").waitFor();
    await page.locator(".pending").waitFor({ state: "detached" });
    await everyTargetIsAStop(page, `${path} with forced colours`);
  }
  await startSession(page, { length: 5 });
  await everyTargetIsAStop(page, "a question with forced colours");
  await answer(page, 1);
  await everyTargetIsAStop(page, "a result with forced colours");
  const primary = page.locator("#primary");
  await page.locator("main").focus();
  const bare = await drawn(page, primary);
  await tabTo(page, primary);
  expect(differs(await drawn(page, primary), bare), "the focus is seen").toBe(true);
  await goOn(page, 2);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("with forced colours the page one is on is marked among the others, and the question among its places", async () => {
  const { learner, page } = await forced();
  const bordered = (of: Locator) => of.evaluate((one) => getComputedStyle(one).borderBottomColor);
  await page.goto("/history");
  await page.locator(".places a[aria-current]").waitFor();
  const here = await bordered(page.locator(".places a[aria-current]"));
  expect(here).not.toBe(await bordered(page.locator(".places a:not([aria-current])").first()));
  const token = await guest(page, server);
  const id = await begin(server, token, { certification: CERTIFICATION, kind: "exam", length: 4 });
  await page.goto(`/session/${id}`);
  await save(page, 1, "1");
  await question(page, 2);
  await overview(page);
  await page.screenshot({ path: `${SHOTS}forced-overview.png` });
  const edge = (place: number) =>
    page.locator(`[data-place="${place}"]`).evaluate((one) => getComputedStyle(one).borderTopWidth);
  expect(await edge(2), "the open question has another edge").not.toBe(await edge(1));
  expect(await edge(1)).toBe(await edge(3));
  expect(learner.faults).toEqual([]);
  await learner.close();
});
