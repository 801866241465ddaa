import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { type Item, importMade } from "./harness/certification";
import { look } from "./harness/look";
import { answer, goOn, question, startSession } from "./harness/quiz";
import { Server } from "./harness/server";
import { shiftsSince, watchShifts } from "./harness/shift";

/** Longer than the half second after a key in which browsers forgive a page what it moves. */
const SLOW_MS = 700;
/** Questions of one size: whatever moves between them was moved by the page. */
const EVEN: readonly Item[] = ["first", "other", "third", "fifth"].map((word) => ({
  id: `even-${word}`,
  stem: `Which of these is the ${word} of its kind?`,
  options: [`= The ${word} one of these`, "Another one of these", "A third one of these"],
}));
const FORMULAS: readonly Item[] = [
  {
    id: "formulas",
    stem: "What is $\\sum_{i=1}^{n} x_i / n$ of x₁ = 2, x₂ = 4, where σ² ≥ 0 and √16 = 4?\n\n`E = m × c²` ∀ x ∈ ℝ: ∫₀¹ x dx = ½",
    options: ["= 3", "$\\frac{2}{4}$", "x̄ ± 1.96 · σ⁄√n", "∅"],
  },
  {
    id: "images",
    stem: "What does the picture show?\n\n![A chart of a project’s risks](https://elsewhere.test/chart.png)\n\n<img src=x onerror=alert(1)> <svg onload=alert(1)>",
    options: ["= ![Risks](https://elsewhere.test/a.png)", "<img src=x>", "Nothing"],
  },
];

const server = new Server();
let browser: Browser;

beforeAll(async () => {
  // The demonstration comes to a server that has nothing yet.
  await server.start();
  importMade(server, { id: "even", items: EVEN });
  importMade(server, { id: "formulas", items: FORMULAS });
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

/** The server's messages come late: what they move is not put down to the key before them. */
async function slowly(page: Page): Promise<void> {
  await page.routeWebSocket(/\/v1\/ws\//, (socket) => {
    const upstream = socket.connectToServer();
    upstream.onMessage((message) => void setTimeout(() => socket.send(message), SLOW_MS));
  });
}

test("from a question to its result and to the next nothing moves, not even after a key", async () => {
  const learner = await Learner.arrive(browser, server.origin, { reducedMotion: "reduce" });
  const page = await learner.page();
  await watchShifts(page);
  await slowly(page);
  await startSession(page, { certification: "even", length: 5 });
  await shiftsSince(page);
  for (let position = 1; position <= EVEN.length; position += 1) {
    await question(page, position);
    expect(await shiftsSince(page), `on the way to question ${position}`).toEqual([]);
    await answer(page, position, "1");
    // The last result ends the session, with another button and another word for the link.
    if (position === EVEN.length) break;
    expect(await shiftsSince(page), `with the result of question ${position}`).toEqual([]);
    await goOn(page, position + 1);
  }
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test.each([
  // On a phone an explanation may be longer than the two lines that wait for it: then the options below make room for it.
  { width: 360, height: 740, mayMove: /^<div class="option .*is-locked/ },
  { width: 1440, height: 900, mayMove: /^$/ },
])(
  "with questions of any size nothing but options moves by itself at $width px",
  async ({ mayMove, ...viewport }) => {
    const learner = await Learner.arrive(browser, server.origin, { viewport });
    const page = await learner.page();
    await watchShifts(page);
    await slowly(page);
    await startSession(page, { length: 10 });
    await shiftsSince(page);
    for (let position = 1; position <= 5; position += 1) {
      await answer(page, position, String(1 + (position % 2)));
      await goOn(page, position + 1);
    }
    const byItself = (await shiftsSince(page)).filter(({ afterInput }) => !afterInput);
    const moved = byItself.flatMap((shift) => shift.moved);
    expect(moved.filter((node) => !mayMove.test(node))).toEqual([]);
    expect(learner.faults).toEqual([]);
    await learner.close();
  },
);

test.each([
  { width: 360, height: 740, colorScheme: "dark" },
  { width: 1440, height: 900, colorScheme: "light" },
] as const)(
  "formulas are read as they are written and pictures are not loaded at $width px",
  async ({ width, height, colorScheme }) => {
    const learner = await Learner.arrive(browser, server.origin, {
      viewport: { width, height },
      colorScheme,
      reducedMotion: "reduce",
    });
    const page = await learner.page();
    const elsewhere: string[] = [];
    page.on("request", (request) => {
      if (!request.url().startsWith(server.origin)) elsewhere.push(request.url());
    });
    await startSession(page, { certification: "formulas", length: 5 });
    for (let position = 1; position <= FORMULAS.length; position += 1) {
      await question(page, position);
      const id = await page.locator("form.question").getAttribute("data-item");
      await look(page, `stems-${id}-${width}-${colorScheme}`);
      expect(await page.locator("form.question img, form.question svg:not(.icon)").count()).toBe(0);
      await answer(page, position, "1");
      if (position < FORMULAS.length) await goOn(page, position + 1);
    }
    expect(elsewhere).toEqual([]);
    expect(learner.faults).toEqual([]);
    await learner.close();
  },
);
