/** Owns one verb for each thing a learner does with the page, by keyboard alone. */
import type { Locator, Page } from "playwright-core";
import { expect, vi } from "vitest";

/** No page has more stops than this. */
const TAB_STOPS_MAX = 60;

/** Presses Tab until the element has the focus. */
export async function tabTo(page: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let stop = 0; stop < TAB_STOPS_MAX; stop += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`Tab does not reach ${target}`);
}

export async function hasFocus(target: Locator): Promise<void> {
  const focused = () => target.evaluate((element) => element === document.activeElement);
  await vi.waitFor(async () => expect(await focused()).toBe(true), { timeout: 5_000 });
}

export interface Wish {
  readonly certification?: string;
  readonly kind?: "practice" | "diagnostic" | "focused" | "review";
  readonly length?: number;
  /** Time limit. */
  readonly minutes?: number;
}

/** From the home page to the first question. Returns the session's id. */
export async function startSession(page: Page, wish: Wish = {}): Promise<string> {
  const certification = wish.certification ?? "business-analysis-foundations";
  await page.goto("/");
  await tabTo(page, page.locator(`[data-certification="${certification}"] a.button`));
  await page.keyboard.press("Enter");
  await page.locator("form.start").waitFor();
  await tabTo(page, page.locator("input[name=kind]:checked"));
  for (let tries = 0; tries < 4; tries += 1) {
    if ((await page.locator("input[name=kind]:checked").inputValue()) === (wish.kind ?? "practice")) break;
    await page.keyboard.press("ArrowDown");
  }
  if (wish.length !== undefined) await pick(page, page.locator("select").first(), wish.length);
  if (wish.minutes !== undefined)
    await pick(page, page.getByRole("combobox", { name: "Time limit" }), wish.minutes);
  await tabTo(page, page.locator("form.start button[type=submit]"));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/session\/[0-9a-f-]+/);
  await question(page, 1);
  return sessionOf(page);
}

/** Chooses a value of a list, from its first on. */
async function pick(page: Page, list: Locator, value: number): Promise<void> {
  await tabTo(page, list);
  await page.keyboard.press("Home");
  for (let tries = 0; tries < 6 && (await list.inputValue()) !== String(value); tries += 1) {
    await page.keyboard.press("ArrowDown");
  }
}

export function sessionOf(page: Page): string {
  const id = /\/session\/([0-9a-f-]+)/.exec(page.url())?.[1];
  if (id === undefined) throw new Error(`no session in ${page.url()}`);
  return id;
}

/** Waits until the question at `position` takes an answer. */
export async function question(page: Page, position: number): Promise<void> {
  await page.locator(`form.question[data-position="${position}"]`).waitFor();
  await page.locator(".option:not(.is-locked)").first().waitFor();
}

/** Waits until the result of the question at `position` is shown. */
export async function result(page: Page, position: number): Promise<void> {
  await page.locator(`form.question[data-position="${position}"] .option[data-verdict]`).first().waitFor();
}

/** Chooses with a digit, sends with Enter, waits for the result. */
export async function answer(page: Page, position: number, digit = "1"): Promise<void> {
  await question(page, position);
  await page.keyboard.press(digit);
  await page.keyboard.press("Enter");
  await result(page, position);
}

/** Enter on Next, to the next question. */
export async function goOn(page: Page, to: number): Promise<void> {
  await hasFocus(page.locator("#primary"));
  await page.keyboard.press("Enter");
  await question(page, to);
}

/** Finishes a session before its last question, to the summary. */
export async function finish(page: Page): Promise<void> {
  await tabTo(page, page.getByRole("button", { name: "Finish", exact: true }));
  await page.keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: "Finish now" }));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/summary$/);
}

/** The digits of the options that are chosen. */
export function chosenDigits(page: Page): Promise<string[]> {
  return page.locator(".option.is-chosen kbd").allInnerTexts();
}

/** What the one place for state says. */
export async function linkIs(page: Page, kind: string): Promise<void> {
  await page.locator(`[data-link="${kind}"]`).waitFor();
}

/** The question as served: its item and its options in order. */
export async function served(page: Page): Promise<{ item: string | null; options: (string | null)[] }> {
  const options = await page
    .locator(".option")
    .evaluateAll((all) => all.map((one) => one.getAttribute("data-option")));
  return { item: await page.locator("form.question").getAttribute("data-item"), options };
}

export async function tokenOf(page: Page): Promise<string> {
  return page.evaluate(() => localStorage.getItem("learnr.token") ?? "");
}
