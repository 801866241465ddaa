/** Owns starting a session over the server's routes, and verbs for sitting an exam by keyboard alone. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import type { Item } from "./certification";
import { question, tabTo } from "./quiz";
import type { Server } from "./server";

/** Questions whose first option is right. */
export function items(count: number): Item[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `item-${index + 1}`,
    stem: `Which option of question ${index + 1} is right?`,
    options: ["= The first", "The second", "The third"],
  }));
}

export interface Wanted {
  readonly certification: string;
  readonly kind: "exam" | "practice";
  readonly length?: number;
  readonly time_limit_minutes?: number;
}

/** A guest of their own, who has a token in this browser from now on. */
export async function guest(page: Page, server: Server): Promise<string> {
  const response = await fetch(`${server.origin}/v1/guests`, { method: "POST" });
  const { token } = (await response.json()) as { token: string };
  await enter(page, token);
  return token;
}

/** The same guest in another browser. */
export async function enter(page: Page, token: string): Promise<void> {
  await page.goto("/");
  await page.evaluate((mine) => localStorage.setItem("learnr.token", mine), token);
}

/** Starts a session without its page; returns its id. */
export async function begin(server: Server, token: string, wanted: Wanted): Promise<string> {
  const response = await fetch(`${server.origin}/v1/sessions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(wanted),
  });
  if (!response.ok) throw new Error(`POST sessions: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { session_id: string }).session_id;
}

/** Chooses with a digit, saves with Enter, waits for the question after it. */
export async function save(page: Page, position: number, digit: string): Promise<void> {
  await question(page, position);
  await page.keyboard.press(digit);
  await standing(page, "unsaved");
  await page.keyboard.press("Enter");
}

/** What has become of the open question, as the page knows. */
export async function standing(page: Page, what: string): Promise<void> {
  await page.locator(`form.question[data-standing="${what}"]`).waitFor();
}

/** Opens the overview. */
export async function overview(page: Page): Promise<void> {
  await press(page, "Overview");
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}

/** Goes to a button by Tab and presses it. */
export async function press(page: Page, name: string): Promise<void> {
  await tabTo(page, page.getByRole("button", { name, exact: true }));
  await page.keyboard.press("Enter");
}

/** What the overview says of a question: "answered", or "no answer, flagged". */
export async function placeIs(page: Page, position: number, words: string): Promise<void> {
  const place = page.locator(`[data-place="${position}"]`);
  const said = () => place.getAttribute("aria-label");
  await expect.poll(said).toBe(`Question ${position}, ${words}`);
}
