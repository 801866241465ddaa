import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { LOOKS, look, SHOTS } from "./harness/look";
import { answer, goOn, linkIs, question, startSession } from "./harness/quiz";
import { Server } from "./harness/server";

let browser: Browser;
let server: Server;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());
beforeEach(() => {
  server = new Server();
});
afterEach(() => server.dispose());

test.each(LOOKS)("every page holds at $width px, $colorScheme", async ({ width, height, colorScheme }) => {
  await server.start();
  const viewport = { width, height };
  const learner = await Learner.arrive(browser, server.origin, {
    viewport,
    colorScheme,
    reducedMotion: "reduce",
  });
  const page = await learner.page();
  const shot = (name: string) => look(page, `${name}-${width}-${colorScheme}`);
  await page.goto("/");
  await page.locator(".card").first().waitFor();
  await shot("home");
  await page.goto("/start/business-analysis-foundations");
  await page.locator("input[value=focused]").check();
  await page.locator("input[name=area]").first().waitFor();
  await shot("start");
  await page.goto("/nowhere");
  await page.getByRole("heading", { name: "No such page" }).waitFor();
  await shot("unknown");
  await startSession(page, { length: 5 });
  await page.keyboard.press("2");
  await shot("question");
  await answer(page, 1, "2");
  await shot("result");
  await goOn(page, 2);
  await answer(page, 2, "1");
  await page.screenshot({ path: `${SHOTS}result-view-${width}-${colorScheme}.png` });
  await shot("result-2");
  await page.keyboard.press("t");
  await page.locator(".competency table").waitFor();
  await shot("table");
  await page.keyboard.press("t");
  await page.getByRole("button", { name: "Finish" }).click();
  await shot("finish");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("heading", { name: "Paused" }).waitFor();
  await shot("paused");
  await page.getByRole("button", { name: "Go on" }).click();
  await page.locator(".option[data-verdict]").first().waitFor();
  await goOn(page, 3);
  await server.kill();
  await linkIs(page, "reconnecting");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await page.getByText("your answer is kept").waitFor();
  await shot("reconnecting");
  await page.getByRole("link", { name: "LearnR" }).click();
  await page.getByRole("button", { name: "Try again" }).waitFor();
  await shot("unreachable");
  await server.start();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("link", { name: "Continue" }).waitFor();
  await shot("home-open");
  await page.getByRole("link", { name: "Continue" }).click();
  await page.locator(".option[data-verdict]").first().waitFor();
  for (const position of [4, 5]) {
    await goOn(page, position);
    await answer(page, position);
  }
  await page.keyboard.press("Enter");
  await page.locator(".bars").waitFor();
  await shot("summary");
  await page.goto("/session/00000000-0000-0000-0000-000000000000");
  await page.getByRole("heading", { name: "Not connected" }).waitFor();
  await shot("stopped");
  expect(learner.faultsBesides(true).filter((text) => !/status of 404/.test(text))).toEqual([]);
  await learner.close();
});

test("a question can be read and answered with the text at twice its size", async () => {
  await server.start();
  // 640 px of page at twice the size is what 1280 px zoomed to 200 % gives.
  const learner = await Learner.arrive(browser, server.origin, {
    viewport: { width: 640, height: 360 },
    deviceScaleFactor: 2,
  });
  const page = await learner.page();
  await startSession(page, { length: 5 });
  await question(page, 1);
  await answer(page, 1);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(640);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("a server without a certification says who can add one, and how", async () => {
  await server.start("--no-demo");
  const learner = await Learner.arrive(browser, server.origin, { viewport: { width: 360, height: 740 } });
  const page = await learner.page();
  await page.goto("/");
  await page.getByText("No certification is loaded yet.").waitFor();
  await look(page, "home-empty-360-light");
  await page.goto("/start/nothing");
  await page.getByRole("heading", { name: "No such certification" }).waitFor();
  expect(learner.faults).toEqual([]);
  await learner.close();
});
