/** Owns looking at a page: a picture for people, rules for the machine, and that nothing is wider than the page. */
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Page } from "playwright-core";
import { expect } from "vitest";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
export const SHOTS = new URL("../../../target/looks/", import.meta.url).pathname;

export const LOOKS = [
  { width: 360, height: 740, colorScheme: "light" },
  { width: 360, height: 740, colorScheme: "dark" },
  { width: 1440, height: 900, colorScheme: "light" },
  { width: 1440, height: 900, colorScheme: "dark" },
] as const;

interface AxeResult {
  readonly violations: {
    readonly id: string;
    readonly nodes: { readonly html: string; readonly failureSummary: string }[];
  }[];
}

export async function look(page: Page, name: string): Promise<void> {
  mkdirSync(SHOTS, { recursive: true });
  const { width } = page.viewportSize() ?? { width: 0 };
  // What lies half under a header that sticks is too small for the rules, wherever a page was scrolled to.
  await page.evaluate(() => window.scrollTo(0, 0));
  await page.screenshot({ path: `${SHOTS}${name}.png`, fullPage: true });
  expect(await page.evaluate(() => document.documentElement.scrollWidth), `${name} fits`).toBeLessThanOrEqual(
    width,
  );
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<AxeResult> } };
    // Every rule, and the one of WCAG 2.2 AA that is off unless asked for: targets of 24 px, or room around them.
    return axe.run({ rules: { "target-size": { enabled: true } } });
  });
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join("; ")}`,
  );
  expect(found, name).toEqual([]);
}

/** Once in the dark on a phone, once in the light on a desk. */
export async function lookNarrowAndWide(page: Page, name: string): Promise<void> {
  for (const { width, height, colorScheme } of LOOKS.slice(1, 3)) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await look(page, `${name}-${width}-${colorScheme}`);
  }
}
