/** Owns what a page is worth to somebody who has a keyboard alone: every target is a stop, and each stop is seen. */
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** No page has more stops than this. */
const STOPS_MAX = 300;

/** Where Tab has come to, as the page sees it. */
interface Stop {
  /** Its place among the targets; -1 for what is none, such as a text that scrolls. */
  readonly target: number;
  readonly what: string;
  /** Somewhere on it or around it an outline is drawn. */
  readonly outlined: boolean;
  readonly inView: boolean;
  /** Nothing else lies over all of it. */
  readonly uncovered: boolean;
  readonly outside: boolean;
}

/** Goes through the page with Tab, from its beginning until it leaves or comes round. */
export async function everyTargetIsAStop(page: Page, name: string): Promise<void> {
  const targets = await page.evaluate(listTargets);
  const reached = new Set<number>();
  const faults: string[] = [];
  let last = -1;
  for (let stops = 0; ; stops += 1) {
    expect(stops, `${name}: Tab comes to an end`).toBeLessThan(STOPS_MAX);
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(currentStop);
    // A date has a stop for each of its parts.
    if (stop.outside || (stop.target !== last && reached.has(stop.target))) break;
    last = stop.target;
    if (stop.target >= 0) reached.add(stop.target);
    if (!stop.outlined) faults.push(`no visible focus: ${stop.what}`);
    if (!stop.inView) faults.push(`out of view with the focus: ${stop.what}`);
    if (!stop.uncovered) faults.push(`covered with the focus: ${stop.what}`);
  }
  const missed = targets.filter((_, target) => !reached.has(target));
  expect([...missed.map((what) => `Tab does not reach ${what}`), ...faults], name).toEqual([]);
}

/** In the page: what can be operated, one of each group of radio buttons; Tab begins before the first. */
function listTargets(): string[] {
  const all = document.querySelectorAll<HTMLElement>(
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex='0'], [contenteditable=true]",
  );
  const groups = new Map<string, number>();
  const listed: string[] = [];
  const places = new Map<Element, number>();
  for (const one of all) {
    const visible = one.checkVisibility({ checkOpacity: false, checkVisibilityCSS: true });
    if (!visible || one.tabIndex < 0 || one.matches(":disabled") || one.closest("[inert]")) continue;
    const group = one instanceof HTMLInputElement && one.type === "radio" ? one.name : undefined;
    const known = group === undefined ? undefined : groups.get(group);
    const place = known ?? listed.length;
    if (known === undefined) listed.push(one.outerHTML.slice(0, 120));
    if (group !== undefined) groups.set(group, place);
    places.set(one, place);
  }
  (window as unknown as { reachPlaces: Map<Element, number> }).reachPlaces = places;
  window.scrollTo(0, 0);
  document.body.tabIndex = -1;
  document.body.focus({ preventScroll: true });
  document.body.removeAttribute("tabindex");
  return listed;
}

/** In the page: the element that has the focus. */
function currentStop(): Stop {
  const { activeElement: at } = document;
  const places = (window as unknown as { reachPlaces: Map<Element, number> }).reachPlaces;
  if (at === null || at === document.body || at === document.documentElement)
    return { target: -1, what: "", outlined: true, inView: true, uncovered: true, outside: true };
  let outlined = false;
  // The frame may be drawn around a card whose input has the focus.
  let around: Element | null = at;
  for (let depth = 0; around !== null && depth < 4; depth += 1) {
    const { outlineStyle, outlineWidth } = getComputedStyle(around);
    if (outlineStyle !== "none" && Number.parseFloat(outlineWidth) >= 2) outlined = true;
    around = around.parentElement;
  }
  const shown = at.closest("label") ?? at;
  const { top, bottom, left, right } = shown.getBoundingClientRect();
  const inView = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
  const middle = (Math.max(top, 0) + Math.min(bottom, innerHeight)) / 2;
  const uncovered = [0.1, 0.5, 0.9].some((part) => {
    const seen = document.elementFromPoint(left + (right - left) * part, middle);
    return seen !== null && (shown.contains(seen) || seen.contains(shown));
  });
  const target = places.get(at) ?? -1;
  return { target, what: at.outerHTML.slice(0, 120), outlined, inView, uncovered, outside: false };
}
