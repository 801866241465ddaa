/** Owns walking every address there is: those of `src/paths.ts`, filled with sessions that are real. */
import type { Page } from "playwright-core";
import { expect } from "vitest";
import * as paths from "../../src/paths";
import { answer, goOn, question, startSession } from "./quiz";

/** One live session and one that has ended, of whoever is on the page. */
export interface Ids {
  readonly open: string;
  readonly ended: string;
}

/**
 * Those that stand there, and those with something in them, filled with what is real. A page that is added is walked without being named
 * here, unless what varies in it is new.
 */
export function addresses({ open, ended }: Ids, certification: string): Map<string, string> {
  const found = new Map<string, string>();
  const filled: Record<string, string> = { certification };
  for (const [name, value] of Object.entries(paths)) {
    if (typeof value !== "string") continue;
    const id = name === "SESSION_PATTERN" ? open : ended;
    const address = value.replace(/:(\w+)/g, (_, part: string) => {
      const filling = part === "id" ? id : filled[part];
      if (filling === undefined) throw new Error(`${name}: say here what :${part} may be`);
      return encodeURIComponent(filling);
    });
    found.set(name.replace(/Path$|_PATTERN$/, "").toLowerCase(), address);
  }
  return found;
}

export async function sessions(page: Page): Promise<Ids> {
  const ended = await startSession(page, { length: 5 });
  for (let position = 1; position <= 5; position += 1) {
    await answer(page, position, "2");
    if (position < 5) await goOn(page, position + 1);
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/summary$/);
  const open = await startSession(page, { length: 10 });
  await question(page, 1);
  return { open, ended };
}

/** The page has come, or has said why it does not. */
export async function arrived(page: Page): Promise<void> {
  await page.locator("main h1, main h2, main [data-failed]").first().waitFor();
  await expect.poll(() => page.locator(".pending").count(), { timeout: 20_000 }).toBe(0);
  if (/\/session\/[^/]+$/.test(new URL(page.url()).pathname)) await question(page, 1);
}
