import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { lookNarrowAndWide } from "./harness/look";
import { answer, goOn, linkIs, question, result, served, startSession, tabTo, tokenOf } from "./harness/quiz";
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

test("two tabs on one session stay in step", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const [one, two] = [await learner.page(), await learner.page()];
  const id = await startSession(one);
  await two.goto(one.url());
  await question(two, 1);
  expect(await served(two)).toEqual(await served(one));
  await answer(one, 1);
  await result(two, 1);
  expect(await served(two)).toEqual(await served(one));
  await two.bringToFront();
  await goOn(two, 2);
  await answer(two, 2, "2");
  // The first tab was still reading the first result: the newest one is what both show.
  await result(one, 2);
  expect(await one.locator(".is-chosen").getAttribute("data-option")).toBe(
    await two.locator(".is-chosen").getAttribute("data-option"),
  );
  await two.getByRole("button", { name: "Pause" }).click();
  await one.getByRole("heading", { name: "Paused" }).waitFor();
  await one.bringToFront();
  await one.getByRole("button", { name: "Go on" }).click();
  await result(two, 2);
  await linkIs(one, "live");
  const view = await server.session(id, await tokenOf(one));
  expect(view.progress.answered).toBe(2);
  await one.getByRole("button", { name: "Finish" }).click();
  await one.getByRole("button", { name: "Finish now" }).click();
  await one.waitForURL(/\/summary$/);
  await two.getByRole("button", { name: "See summary" }).click();
  await two.waitForURL(/\/summary$/);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("an answer that was kept and did not count, because another tab ended the session, is told of", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const [one, two] = [await learner.page(), await learner.page()];
  const id = await startSession(one);
  await answer(one, 1);
  await goOn(one, 2);
  await two.goto(one.url());
  await question(two, 2);
  // The first tab gets no new ticket until the second has finished.
  await one.route("**/tickets", (route) => route.abort("connectionrefused"));
  await server.kill();
  await linkIs(one, "reconnecting");
  await one.bringToFront();
  await one.keyboard.press("1");
  await one.keyboard.press("Enter");
  await one.getByText("your answer is kept").waitFor();
  await server.start();
  await linkIs(two, "live");
  await two.bringToFront();
  await two.getByRole("button", { name: "Finish" }).click();
  await two.getByRole("button", { name: "Finish now" }).click();
  await two.waitForURL(/\/summary$/);
  await one.bringToFront();
  await one.unroute("**/tickets");
  await one.waitForURL(/\/summary$/);
  const words =
    /^Your answer to question 2 did not count\. It was kept on this device, but the session had ended/;
  await expect.poll(() => one.locator("#announcer").innerText()).toMatch(words);
  expect(await one.locator("[data-not-counted]").innerText()).toMatch(words);
  await one.goto(`/session/${id}`);
  await one.waitForURL(/\/summary$/);
  await one.locator("[data-not-counted]").waitFor();
  // The ticket of an ended session is refused with a 409.
  expect(learner.faultsBesides(true).filter((text) => !/status of 409/.test(text))).toEqual([]);
  await learner.close();
});

test("a learner who does not come back to the session hears on the first page what became of the kept answer", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const elsewhere = await Learner.arrive(browser, server.origin);
  const [here, other] = [await learner.page(), await elsewhere.page()];
  await startSession(here);
  const session = here.url();
  const token = await tokenOf(here);
  await other.goto("/");
  await other.evaluate((mine) => localStorage.setItem("learnr.token", mine), token);
  await other.goto(session);
  await question(other, 1);
  await here.route("**/tickets", (route) => route.abort("connectionrefused"));
  await server.kill();
  await linkIs(here, "reconnecting");
  await here.keyboard.press("1");
  await here.keyboard.press("Enter");
  await here.getByText("your answer is kept").waitFor();
  await here.close();
  await server.start();
  await linkIs(other, "live");
  await other.getByRole("button", { name: "Finish" }).click();
  await other.getByRole("button", { name: "Finish now" }).click();
  await other.waitForURL(/\/summary$/);
  expect(await other.locator("[data-not-counted]").count(), "the other device promised nothing").toBe(0);
  const later = await learner.page();
  await later.goto("/");
  await later.getByText("A session ended while an answer of yours was kept on this device.").waitFor();
  await lookNarrowAndWide(later, "home-kept");
  await tabTo(later, later.getByRole("link", { name: "See what became of it" }));
  await later.keyboard.press("Enter");
  await later.getByText("Your answer to question 1 did not count.").first().waitFor();
  await later.reload();
  await later.locator("[data-not-counted]").waitFor();
  await later.goto("/");
  await later.getByRole("heading", { name: "Choose a certification" }).waitFor();
  expect(await later.getByText("A session ended while").count(), "once seen, it is not said again").toBe(0);
  expect([...learner.faultsBesides(true), ...elsewhere.faultsBesides(true)]).toEqual([]);
  await learner.close();
  await elsewhere.close();
});
