import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { importMade } from "./harness/certification";
import { lookNarrowAndWide } from "./harness/look";
import { answer, goOn, hasFocus, question, startSession, tabTo, tokenOf } from "./harness/quiz";
import { Server } from "./harness/server";

const DEMO = "business-analysis-foundations";
const WORD = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverordnung";
const LONG = {
  id: "long",
  title: `${WORD} שאלות`,
  areaTitle: `أسئلة ${WORD}`,
  items: [1, 2, 3, 4, 5].map((n) => ({
    id: `l${n}`,
    stem: `What is ${n}?`,
    options: ["= One", "Two", "Three"],
  })),
};

const server = new Server();
let browser: Browser;

beforeAll(async () => {
  // The demonstration comes to a server that has nothing yet.
  await server.start();
  importMade(server, LONG);
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

/** A session of five questions, answered to its end. */
async function practise(page: Page, certification = DEMO): Promise<void> {
  await startSession(page, { certification, length: 5 });
  for (let position = 1; position <= 5; position += 1) {
    await answer(page, position);
    if (position < 5) await goOn(page, position + 1);
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/summary$/);
}

async function home(page: Page): Promise<void> {
  await page.goto("/");
  await page.locator(".card").first().waitFor();
  await page.locator(".pending").waitFor({ state: "detached" });
}

test("somebody new chooses, and looking around makes no guest", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await home(page);
  await page.getByRole("heading", { name: "Choose a certification" }).waitFor();
  expect(await page.locator("[data-suggestion]").count(), "with several there is nothing to suggest").toBe(0);
  await page.goto(`/progress/${DEMO}`);
  await page.getByRole("heading", { name: "Nothing to show in these days" }).waitFor();
  await lookNarrowAndWide(page, "progress-nothing");
  await page.goto("/progress/nowhere");
  await page.getByRole("heading", { name: "No such certification" }).waitFor();
  expect(await tokenOf(page)).toBe("");
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("where there is one certification, finding out where one stands is a press away", async () => {
  const single = new Server();
  await single.start();
  const learner = await Learner.arrive(browser, single.origin);
  const page = await learner.page();
  await home(page);
  await lookNarrowAndWide(page, "home-new");
  await tabTo(page, page.locator('[data-start="diagnostic"]'));
  await page.keyboard.press("Enter");
  await question(page, 1);
  await page.getByText("Question 1 of at most 30").first().waitFor();
  await home(page);
  expect(await page.locator(".button.primary").count(), "one main button, and it goes on").toBe(1);
  expect(await page.locator(".button.primary").innerText()).toMatch(/^Continue/);
  expect(learner.faults).toEqual([]);
  await learner.close();
  await single.dispose();
});

test("after a session the first page says where the learner stands and what to do, and that starts it", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await practise(page);
  await home(page);
  await page.locator("[data-readiness]").waitFor();
  expect(await page.locator(".competency .bars li").count()).toBe(6);
  const facts = page.locator(".facts");
  expect(await facts.innerText()).toMatch(/Days in a row\s+1 day/);
  expect(await facts.innerText()).toMatch(/No day set\./);
  await lookNarrowAndWide(page, "home-practised");
  const main = page.locator("[data-suggestion] [data-start]");
  const kind = await main.getAttribute("data-start");
  expect(["focused", "review"]).toContain(kind);
  await page.getByRole("link", { name: "Change it first" }).click();
  await page.locator("form.start").waitFor();
  expect(await page.locator("input[name=kind]:checked").inputValue()).toBe(kind);
  if (kind === "focused") expect(await page.locator("input[name=area]:checked").count()).toBe(1);
  await home(page);
  await tabTo(page, main);
  await page.keyboard.press("Enter");
  await question(page, 1);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("the day of the exam and the minutes of a day are counted from what was set", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await practise(page);
  await page.goto("/preferences");
  const soon = await page.evaluate(() => {
    const date = new Date();
    date.setDate(date.getDate() + 12);
    return [date.getFullYear(), date.getMonth() + 1, date.getDate()]
      .map((part) => String(part).padStart(2, "0"))
      .join("-");
  });
  await page.getByLabel("Day of the exam").first().waitFor();
  for (const day of await page.getByLabel("Day of the exam").all()) await day.fill(soon);
  await page.getByLabel("Minutes a day").fill("30");
  await page.getByRole("button", { name: "Save preferences" }).click();
  await page.getByText("Your preferences are saved.").waitFor();
  await home(page);
  expect(await page.locator(".facts").innerText()).toMatch(/In 12 days, on /);
  expect(await page.locator(".facts").innerText()).toMatch(/\d+ of 30 minutes/);
  const which = page.locator("select#certification");
  expect(await which.locator("option").count(), "a goal makes a certification theirs").toBe(2);
  await which.selectOption(LONG.id);
  await page.locator("[data-suggestion]").getByText(WORD).first().waitFor();
  await lookNarrowAndWide(page, "home-long");
  await home(page);
  expect(await which.inputValue(), "it is remembered here").toBe(LONG.id);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("a guest is told once how to keep what they did, and left alone when they say not now", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await practise(page);
  await home(page);
  await tabTo(page, page.getByRole("button", { name: "Not now" }));
  await page.keyboard.press("Enter");
  await hasFocus(page.locator("#main"));
  await home(page);
  await page.getByRole("link", { name: "Your progress over time" }).waitFor();
  expect(await page.getByRole("button", { name: "Not now" }).count()).toBe(0);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("a session is prepared by its address, and the next one begins as the last", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await page.goto(`/start/${DEMO}?kind=review&length=7`);
  await page.locator("form.start").waitFor();
  expect(await page.locator("input[name=kind]:checked").inputValue()).toBe("review");
  expect(await page.getByRole("combobox", { name: "Questions" }).inputValue()).toBe("7");
  await page.goto(`/start/${DEMO}?kind=exam`);
  await page.locator("input[value=exam]:checked").waitFor();
  expect(await page.getByRole("combobox", { name: "Time limit" }).locator("option:checked").innerText()).toBe(
    "As in the exam",
  );
  await lookNarrowAndWide(page, "start-exam");
  await page.locator("input[value=focused]").check();
  await page.getByRole("combobox", { name: "Questions" }).selectOption("10");
  await page.getByRole("button", { name: "Start focused session" }).click();
  await page.getByText("Choose at least one area to stay inside.").waitFor();
  await page.locator("input[name=area]").first().check();
  await page.getByRole("button", { name: "Start focused session" }).click();
  await question(page, 1);
  await page.goto(`/start/${DEMO}`);
  await page.locator("input[value=focused]:checked").waitFor();
  expect(await page.locator("input[name=area]:checked").count()).toBe(1);
  expect(await page.getByRole("combobox", { name: "Questions" }).inputValue()).toBe("10");
  expect(learner.faults).toEqual([]);
  await learner.close();
});

/** What is drawn: colours of a canvas that are not its ground. */
function inked(page: Page): Promise<string> {
  return page
    .locator(".chart canvas")
    .first()
    .evaluate((canvas) => (canvas as HTMLCanvasElement).toDataURL());
}

test("progress is drawn over time, with every number in a table, in both themes and at every width", async () => {
  const learner = await Learner.arrive(browser, server.origin, { colorScheme: "light" });
  const page = await learner.page();
  await practise(page);
  await practise(page, LONG.id);
  await page.goto(`/progress/${DEMO}`);
  await page.locator(".chart canvas").first().waitFor();
  const charts = await page.locator(".chart").count();
  expect(await page.locator(".chart canvas").count()).toBe(charts);
  expect(await page.getByRole("img", { name: /best guess/ }).count()).toBe(charts - 2);
  const light = await inked(page);
  await page.emulateMedia({ colorScheme: "dark" });
  await expect.poll(() => inked(page), { message: "drawn anew in the dark" }).not.toBe(light);
  await tabTo(page, page.locator('[data-chart="activity"] summary'));
  await page.keyboard.press("Enter");
  const row = page.locator('[data-chart="activity"] tbody tr').first();
  expect(await row.locator("td").allInnerTexts()).toEqual(expect.arrayContaining(["1", "5"]));
  await page.locator("#step").selectOption("week");
  await page.getByText("Each bar is a week").waitFor();
  await page.locator("#span").selectOption("366");
  await page.locator(".chart canvas").first().waitFor();
  await lookNarrowAndWide(page, "progress");
  await page.goto(`/progress/${LONG.id}`);
  await page.locator(".chart canvas").first().waitFor();
  await lookNarrowAndWide(page, "progress-long");
  expect(learner.faults).toEqual([]);
  await learner.close();
});
