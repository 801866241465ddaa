/** Owns what moves on a page without being asked to: the browser's own layout shifts, with what moved. */
import type { Page } from "playwright-core";

/** Digits of a position in pixels that count: browsers round the others as they come. */
export const WHOLE_PIXELS = 0;

export interface Shift {
  readonly value: number;
  /** Within half a second of a key or a click, which scores leave out. */
  readonly afterInput: boolean;
  readonly moved: readonly string[];
}

interface Entry extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly { readonly node: Node | null }[];
}

/** Before the page is opened: notes every shift from its beginning on. */
export async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: Shift[] = [];
    (window as unknown as { shifts: Shift[] }).shifts = shifts;
    new PerformanceObserver((list) => {
      for (const { value, hadRecentInput, sources } of list.getEntries() as Entry[]) {
        const moved = sources.map(({ node }) =>
          node instanceof Element ? node.outerHTML.slice(0, 120) : "text",
        );
        shifts.push({ value, afterInput: hadRecentInput, moved });
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
}

/** What has moved since it was asked last. */
export async function shiftsSince(page: Page): Promise<Shift[]> {
  return page.evaluate(async () => {
    // Shifts are told after the frame they happened in.
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const { shifts } = window as unknown as { shifts: Shift[] };
    return shifts.splice(0);
  });
}
