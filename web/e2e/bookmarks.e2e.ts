import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { importMade } from "./harness/certification";
import { items } from "./harness/exam";
import { lookNarrowAndWide } from "./harness/look";
import { answer, goOn, hasFocus, startSession, tabTo } from "./harness/quiz";
import { Server } from "./harness/server";

const server = new Server();
let browser: Browser;

beforeAll(async () => {
  importMade(server, { id: "made", title: "Made", items: items(6) });
  await server.start("--no-demo");
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

async function mark(page: Page): Promise<void> {
  await tabTo(page, page.getByRole("button", { name: "Bookmark" }));
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Bookmarked" }).waitFor();
}

const heard = (page: Page) => page.locator("#announcer").innerText();

test("a mark is taken away where it was made, and the button is there to mark again", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await startSession(page, { certification: "made", length: 5 });
  await answer(page, 1);
  await mark(page);
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog");
  await tabTo(page, dialog.getByRole("button", { name: "Remove bookmark" }));
  await lookNarrowAndWide(page, "bookmark-dialog");
  await page.keyboard.press("Enter");
  await dialog.waitFor({ state: "detached" });
  await expect.poll(() => heard(page)).toBe("Bookmark removed.");
  const button = page.locator("[data-marked=false]");
  await hasFocus(button);
  await page.goto("/bookmarks");
  await page.getByText("You have not marked a question here yet.").waitFor();
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("a mark is removed from the list by keyboard alone, and the focus stays in it", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await startSession(page, { certification: "made", length: 5 });
  await answer(page, 1);
  await mark(page);
  await tabTo(page, page.locator("#primary"));
  await goOn(page, 2);
  await answer(page, 2);
  await mark(page);
  await page.goto("/bookmarks");
  const cards = page.locator("[data-bookmark]");
  await page.getByText("2 questions", { exact: true }).waitFor();
  const ids = () => cards.evaluateAll((all) => all.map((one) => one.getAttribute("data-bookmark")));
  const [first, second] = await ids();
  const remove = (item: string | null | undefined) =>
    page.locator(`[data-bookmark="${item}"]`).getByRole("button", { name: "Remove bookmark" });
  await tabTo(page, remove(first));
  await page.keyboard.press("Enter");
  await page.getByText("1 question", { exact: true }).waitFor();
  expect(await ids()).toEqual([second]);
  expect(await heard(page)).toBe("Bookmark removed.");
  const inMain = () => page.evaluate(() => document.activeElement?.closest("#main") !== null);
  await expect.poll(inMain, { message: "the focus is not lost with the button" }).toBe(true);
  await tabTo(page, remove(second));
  await page.keyboard.press("Enter");
  await page.getByText("You have not marked a question here yet.").waitFor();
  await expect.poll(inMain).toBe(true);
  await lookNarrowAndWide(page, "bookmarks-none");
  await page.reload();
  await page.getByText("You have not marked a question here yet.").waitFor();
  expect(learner.faults).toEqual([]);
  await learner.close();
});
