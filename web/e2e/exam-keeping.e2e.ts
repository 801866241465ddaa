import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { importMade } from "./harness/certification";
import { begin, guest, items, overview, save, standing } from "./harness/exam";
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

interface Sitting {
  readonly learner: Learner;
  readonly page: Page;
  /** How many questions are answered, as the server has it. */
  readonly answered: () => Promise<number>;
}

/** An exam at its first question. `before`: what is done to the page before it is opened. */
async function sit(before: (page: Page) => Promise<void> = async () => undefined): Promise<Sitting> {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const token = await guest(page, server);
  const id = await begin(server, token, { certification: "short", kind: "exam", length: 6 });
  await before(page);
  await page.goto(`/session/${id}`);
  await question(page, 1);
  await linkIs(page, "live");
  return { learner, page, answered: async () => (await server.session(id, token)).progress.answered };
}

/** As when a phone is locked: a browser without a screen hides no page by itself. */
async function hide(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  });
}

test("what is chosen is saved when the page is hidden, and the learner comes back to the same question", async () => {
  const { learner, page, answered } = await sit();
  await page.keyboard.press("2");
  await standing(page, "unsaved");
  await hide(page);
  await expect.poll(answered).toBe(1);
  await page.locator('form.question[data-position="1"][data-standing="answered"]').waitFor();
  await page.reload();
  await question(page, 1);
  await page.getByText("Saved. You can change it until you submit.").waitFor();
  expect(await chosenDigits(page)).toEqual(["2"]);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("what is chosen is saved when the learner goes to another page, who comes back to the same question", async () => {
  const { learner, page, answered } = await sit();
  await page.keyboard.press("1");
  await standing(page, "unsaved");
  await page.getByRole("link", { name: "History" }).click();
  await page.locator("[data-past]").first().waitFor();
  await expect.poll(answered).toBe(1);
  await page.goBack();
  await question(page, 1);
  expect(await chosenDigits(page)).toEqual(["1"]);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("what is chosen is saved when the page is loaded anew", async () => {
  const { learner, page, answered } = await sit();
  await page.keyboard.press("3");
  await standing(page, "unsaved");
  await page.reload();
  await expect.poll(answered).toBe(1);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("the question asked for in the overview opens, though an answer is acknowledged in between", async () => {
  let held: (() => void)[] | undefined;
  const { learner, page } = await sit((fresh) =>
    fresh.routeWebSocket(/\/v1\/ws\//, (socket) => {
      const upstream = socket.connectToServer();
      upstream.onMessage((message) => {
        if (held === undefined) socket.send(message);
        else held.push(() => socket.send(message));
      });
    }),
  );
  held = [];
  await save(page, 1, "1");
  await overview(page);
  await page.locator('[data-place="6"]').click();
  // The receipt, the question after it, then the one asked for: each on its own.
  await expect.poll(() => held?.length).toBe(2);
  const [receipt, moved] = held;
  held = undefined;
  receipt?.();
  await page.locator('[data-place="2"][aria-current="step"]').waitFor();
  moved?.();
  await question(page, 6);
  expect(learner.faults).toEqual([]);
  await learner.close();
});
