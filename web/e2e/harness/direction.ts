/** Owns a page that reads from right to left, as a language may one day ask for, and that nothing stands out of it. */
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Before the page is opened: its direction from its first element on, whatever the page sets. */
export async function fromRightToLeft(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const turn = () => {
      const root = document.documentElement;
      if (root !== null && root.dir !== "rtl") root.dir = "rtl";
    };
    new MutationObserver(turn).observe(document, {
      subtree: true,
      childList: true,
      attributes: true,
      attributeFilter: ["dir"],
    });
    turn();
  });
}

/** What stands out towards the beginning of a line makes no page wider: its own place is looked at. */
export async function nothingStandsOut(page: Page, name: string): Promise<void> {
  expect(await page.evaluate(standingOut), `${name}: stands out sideways`).toEqual([]);
}

/** In the page: what is seen beyond its edges. What scrolls in a frame of its own is inside as long as the frame is. */
function standingOut(): string[] {
  const { clientWidth: width } = document.documentElement;
  const beyond = ({ left, right }: DOMRect) => left < -1 || right > width + 1;
  const framed = (one: Element) => {
    for (let around = one.parentElement; around !== null; around = around.parentElement)
      if (around !== document.body && getComputedStyle(around).overflowX !== "visible") return true;
    return false;
  };
  const found: string[] = [];
  for (const one of document.body.querySelectorAll("*")) {
    const place = one.getBoundingClientRect();
    if (place.width === 0 || place.height === 0 || !beyond(place)) continue;
    if (one.closest(".unseen, .skip") !== null || framed(one)) continue;
    found.push(`${Math.round(place.left)} to ${Math.round(place.right)}: ${one.outerHTML.slice(0, 120)}`);
  }
  return found;
}
