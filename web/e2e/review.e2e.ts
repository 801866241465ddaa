import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { importMade } from "./harness/certification";
import { begin, guest, items, press, save } from "./harness/exam";
import { lookNarrowAndWide } from "./harness/look";
import { answer, goOn, hasFocus, question, result, tabTo } from "./harness/quiz";
import { Server } from "./harness/server";
import { WHOLE_PIXELS } from "./harness/shift";

const server = new Server();
let browser: Browser;

beforeAll(async () => {
  importMade(server, { id: "made", title: "Made", items: items(8) });
  await server.start();
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

test("a question is bookmarked with a note and reported where its answer is explained, and nothing moves", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const token = await guest(page, server);
  const id = await begin(server, token, { certification: "made", kind: "practice", length: 5 });
  await page.goto(`/session/${id}`);
  await question(page, 1);
  expect(await page.getByRole("button", { name: "Bookmark" }).count(), "nothing before the answer").toBe(0);
  const competency = page.locator(".competency");
  const top = await competency.evaluate((section) => section.getBoundingClientRect().top + scrollY);
  await answer(page, 1, "2");
  expect(await competency.evaluate((section) => section.getBoundingClientRect().top + scrollY)).toBeCloseTo(
    top,
    WHOLE_PIXELS,
  );
  const mark = page.locator("[data-marked]");
  await tabTo(page, mark);
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Bookmarked" }).waitFor();
  await hasFocus(mark);
  await page.keyboard.press("Enter");
  const note = page.getByLabel("Your note");
  await tabTo(page, note);
  // Keys of the page below: none of them may reach it.
  await page.keyboard.type("try 1 and t again");
  expect(await page.locator(".competency table").count()).toBe(0);
  await lookNarrowAndWide(page, "bookmark-note");
  await press(page, "Save note");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await hasFocus(mark);

  await tabTo(page, page.getByRole("button", { name: "Report a fault" }));
  await page.keyboard.press("Enter");
  await press(page, "Send report");
  await page.getByText("Choose what is wrong.").waitFor();
  await page.getByLabel("What is wrong?").selectOption("unclear");
  await lookNarrowAndWide(page, "report");
  await press(page, "Send report");
  await page.getByText("Thank you: your report was sent.").first().waitFor();
  await result(page, 1);
  await page.locator("#primary").focus();
  await goOn(page, 2);

  await page.goto("/bookmarks");
  await expect.poll(() => page.getByLabel("Your note").inputValue()).toBe("try 1 and t again");
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("what was missed is gone over from the summary: the answer, the key, and why", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const token = await guest(page, server);
  const id = await begin(server, token, { certification: "made", kind: "practice", length: 5 });
  await page.goto(`/session/${id}`);
  await answer(page, 1, "1");
  await goOn(page, 2);
  await answer(page, 2, "2");
  await page.getByRole("button", { name: "Finish" }).click();
  await page.getByRole("button", { name: "Finish now" }).click();
  await page.waitForURL(/\/summary$/);
  await tabTo(page, page.getByRole("link", { name: "Review your answers" }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/review$/);
  await page.getByText("1 question to go over.").waitFor();
  const cards = page.locator("[data-answer]");
  expect(await cards.count()).toBe(1);
  const card = page.locator('[data-answer="2"]');
  expect(await card.locator('[data-verdict="chosen_wrong"]').innerText()).toMatch(/Your answer, not right/);
  const right = await card.locator('[data-verdict="right"]').innerText();
  expect(right).toMatch(/Right answer.*This is why, of option 1/s);
  await lookNarrowAndWide(page, "review");
  await tabTo(page, page.locator("input[name=filter]:checked"));
  await page.keyboard.press("ArrowDown");
  await page.locator('[data-answer="1"][data-came="right"]').waitFor();
  expect(await cards.count()).toBe(1);
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("a question of an exam that was not answered keeps its key, and a session that goes on has no review", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  const token = await guest(page, server);
  const id = await begin(server, token, { certification: "made", kind: "exam", length: 3 });
  await page.goto(`/session/${id}/review`);
  await page.getByRole("heading", { name: "Nothing to review" }).waitFor();
  await lookNarrowAndWide(page, "review-none");
  await tabTo(page, page.getByRole("link", { name: "Open the session" }));
  await page.keyboard.press("Enter");
  await save(page, 1, "1");
  await question(page, 2);
  await press(page, "Overview");
  await press(page, "Submit exam");
  await press(page, "Submit now");
  await page.waitForURL(/\/summary$/);
  await page.goto(`/session/${id}/review`);
  await page.getByText("2 questions to go over.").waitFor();
  const missed = page.locator('[data-answer="2"]');
  await missed.getByText("You did not answer it, so its right answer is not told.").waitFor();
  expect(await missed.locator("[data-verdict]").count()).toBe(0);
  expect(await missed.locator("[data-marked]").count(), "nor can it be marked").toBe(0);
  await lookNarrowAndWide(page, "review-exam");
  // The review asked for too early is refused with a 404.
  expect(learner.faults.filter((text) => !/status of 404/.test(text))).toEqual([]);
  await learner.close();
});
