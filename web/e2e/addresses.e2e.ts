import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { importMade } from "./harness/certification";
import { begin, guest, items } from "./harness/exam";
import { Server } from "./harness/server";

const server = new Server();
/** A version in its id, and a title that is read from right to left. */
const MADE = { id: "made.v2", title: "تحليل الأعمال" };
let browser: Browser;

beforeAll(async () => {
  importMade(server, { ...MADE, items: items(6) });
  await server.start();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

test("the pages of a certification with a dot in its id can be opened, linked and loaded again", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await guest(page, server);
  for (const path of [`/start/${MADE.id}`, `/progress/${MADE.id}`, `/own/${MADE.id}`]) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(200);
    await page.getByRole("heading", { level: 1 }).waitFor();
    expect((await page.reload())?.status(), path).toBe(200);
  }
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("a title is written the way its own words are", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const token = await guest(page, server);
  await begin(server, token, { certification: MADE.id, kind: "practice", length: 5 });
  await page.goto(`/start/${MADE.id}`);
  const title = page.locator("h1").filter({ hasText: MADE.title });
  await title.waitFor();
  expect(await title.evaluate((element) => getComputedStyle(element).direction)).toBe("rtl");
  await page.goto("/history");
  const past = page.locator("[data-past] h2").filter({ hasText: MADE.title });
  await past.waitFor();
  expect(await past.getAttribute("dir"), "where it stands between words of the page").toBe("auto");
  expect(learner.faults).toEqual([]);
  await learner.close();
});
