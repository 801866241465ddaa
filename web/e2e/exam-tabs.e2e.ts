import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { importMade } from "./harness/certification";
import { begin, guest, items, overview, placeIs, press, save, standing } from "./harness/exam";
import { chosenDigits, linkIs, question } from "./harness/quiz";
import { Server } from "./harness/server";

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

async function sit(page: Page, length: number): Promise<string> {
  const token = await guest(page, server);
  const id = await begin(server, token, { certification: "short", kind: "exam", length });
  await page.goto(`/session/${id}`);
  await question(page, 1);
  await linkIs(page, "live");
  return id;
}

async function submit(page: Page): Promise<void> {
  await overview(page);
  await press(page, "Submit exam");
  await press(page, "Submit now");
  await page.waitForURL(/\/summary$/);
}

/** What this browser still keeps of a session. */
function kept(page: Page, id: string): Promise<string[]> {
  return page.evaluate((of) => Object.keys(localStorage).filter((key) => key.includes(of)), id);
}

test("after a reload an exam has what was saved and what was only chosen, and submits both", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const id = await sit(page, 3);
  await save(page, 1, "1");
  await question(page, 2);
  await page.keyboard.press("1");
  await standing(page, "unsaved");
  await page.reload();
  await question(page, 2);
  // A page that is left saves what is chosen.
  await standing(page, "answered");
  expect(await chosenDigits(page)).toEqual(["1"]);
  await overview(page);
  await placeIs(page, 1, "answered");
  await placeIs(page, 2, "answered, open now");
  await page.keyboard.press("Escape");
  await press(page, "Previous");
  await question(page, 1);
  expect(await chosenDigits(page)).toEqual(["1"]);
  await page.getByText("Saved. You can change it until you submit.").waitFor();
  await press(page, "Next");
  await question(page, 2);
  await page.keyboard.press("2");
  await standing(page, "unsaved");
  await page.keyboard.press("1");
  await submit(page);
  await page.getByText("2 of 3 right").waitFor();
  expect(await kept(page, id), "nothing is left of an ended exam").toEqual([]);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("an answer that was kept while the server was away outlives a reload, and is what counts", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const id = await sit(page, 3);
  await page.route("**/tickets", (route) => route.abort("connectionrefused"));
  await server.kill();
  await linkIs(page, "reconnecting");
  await page.keyboard.press("1");
  await page.keyboard.press("Enter");
  await page.getByText("Kept on this device, and sent when the connection is back.").waitFor();
  await server.start();
  await page.reload();
  await linkIs(page, "reconnecting");
  expect(server.answers().filter(({ session }) => session === id)).toEqual([]);
  await page.unroute("**/tickets");
  await question(page, 2);
  await overview(page);
  await placeIs(page, 1, "answered");
  await page.keyboard.press("Escape");
  await submit(page);
  await page.getByText("1 of 3 right").waitFor();
  expect(await kept(page, id)).toEqual([]);
  expect(learner.faultsBesides(true)).toEqual([]);
  await learner.close();
});

test("two tabs of one browser on an exam show one exam, and submit it once", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const [one, two] = [await learner.page(), await learner.page()];
  const id = await sit(one, 4);
  await two.goto(`/session/${id}`);
  await question(two, 1);
  await save(one, 1, "2");
  await question(two, 2);
  await save(two, 2, "1");
  await question(one, 3);
  await press(two, "Previous");
  await question(two, 2);
  await press(two, "Previous");
  await question(two, 1);
  await question(one, 1);
  expect(await chosenDigits(one)).toEqual(["2"]);
  expect(await chosenDigits(two)).toEqual(["2"]);
  await save(two, 1, "1");
  await question(one, 2);
  await press(one, "Previous");
  await question(one, 1);
  await expect.poll(() => chosenDigits(one), { message: "what the other tab saved" }).toEqual(["1"]);
  await press(one, "Flag");
  await overview(two);
  await placeIs(two, 1, "answered, flagged, open now");
  await placeIs(two, 2, "answered");
  await placeIs(two, 3, "no answer");
  await two.keyboard.press("Escape");
  await submit(one);
  await two.waitForURL(/\/summary$/);
  for (const page of [one, two]) await page.getByText("2 of 4 right").waitFor();
  expect(await kept(two, id), "neither tab left anything").toEqual([]);
  expect(learner.faults).toEqual([]);
  await learner.close();
});
