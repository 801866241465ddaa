import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { lookNarrowAndWide } from "./harness/look";
import { answer, goOn, linkIs, question, startSession } from "./harness/quiz";
import { Server } from "./harness/server";

/** The shortest limit there is takes a minute of the server's clock, and a browser test cannot move that. */
const WITHIN_MS = 180_000;
const UNTIL_THE_END_MS = 90_000;
/** A device whose clock is wrong: hours fast. */
const WRONG_BY_MS = 3 * 3_600_000;

const TIME_LEFT = /^(01:00|00:[1-5]\d) left$/;

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

test(
  "a session with a time limit shows and tells the time left, ends by the server's clock, and says what came too late",
  async () => {
    const learner = await Learner.arrive(browser, server.origin);
    const [one, two] = [await learner.page(), await learner.page()];
    for (const page of [one, two]) {
      await page.addInitScript((ms) => {
        const now = Date.now;
        Date.now = () => now() + ms;
      }, WRONG_BY_MS);
      // The page offers 15 minutes at least; the server takes one.
      await page.route("**/v1/sessions", async (route) => {
        const body = route.request().postDataJSON() as { time_limit_minutes: number };
        expect(body.time_limit_minutes).toBe(15);
        await route.continue({ postData: { ...body, time_limit_minutes: 1 } });
      });
    }
    const timer = one.locator("[role=timer]");
    const spoken = one.locator("#announcer");
    await startSession(one, { minutes: 15 });
    expect(await timer.innerText()).toMatch(TIME_LEFT);
    expect(await timer.getAttribute("aria-live"), "the clock itself is not read out").toBe("off");
    expect(await spoken.getAttribute("aria-live")).toBe("polite");
    await expect.poll(() => spoken.innerText()).toBe("1 minute left.");
    await lookNarrowAndWide(one, "question-timed");
    const where = one.locator(".where");
    const height = await where.evaluate((row) => row.getBoundingClientRect().height);
    await answer(one, 1);
    expect(await timer.innerText(), "time goes on while a result is read").toMatch(TIME_LEFT);
    expect(await where.evaluate((row) => row.getBoundingClientRect().height)).toBe(height);
    await goOn(one, 2);
    await two.goto(one.url());
    await question(two, 2);

    // The second tab's answer is kept and does not get out until it is too late.
    await two.route("**/tickets", (route) => route.abort("connectionrefused"));
    await server.kill();
    await linkIs(two, "reconnecting");
    await two.bringToFront();
    await two.keyboard.press("1");
    await two.keyboard.press("Enter");
    await two.getByText("your answer is kept").waitFor();
    await server.start();
    await one.bringToFront();
    await linkIs(one, "live");
    await expect.poll(() => spoken.innerText(), { timeout: UNTIL_THE_END_MS }).toBe("10 seconds left.");
    await one.waitForURL(/\/summary$/, { timeout: UNTIL_THE_END_MS });
    await one.getByText("The time was up. You answered 1,").waitFor();
    // The answer was kept on this device, whichever tab took it.
    const words =
      "Your answer to question 2 did not count. It was kept on this device, but the time was up before it reached the server.";
    await expect.poll(() => spoken.innerText()).toBe(`The time was up. ${words}`);

    await two.bringToFront();
    await two.unroute("**/tickets");
    await two.waitForURL(/\/summary$/);
    await two.locator("[data-not-counted]").getByText(words).waitFor();
    await expect.poll(() => two.locator("#announcer").innerText()).toBe(`The time was up. ${words}`);
    await lookNarrowAndWide(two, "summary-not-counted");
    expect(learner.faultsBesides(true).filter((text) => !/status of 409/.test(text))).toEqual([]);
    await learner.close();
  },
  WITHIN_MS,
);
