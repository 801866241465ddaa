/**
 * Owns what a canvas cannot inherit: the page's colours and letters as they are now, and when they change.
 */
import { useEffect, useState } from "preact/hooks";

/** Colours as the browser has worked them out, and the letters of an axis as a canvas wants them. */
export interface Look {
  readonly quiet: string;
  readonly line: string;
  readonly mark: string;
  readonly band: string;
  readonly ground: string;
  readonly font: string;
}

/** Letters of an axis, as a share of the page's. */
const AXIS_LETTERS = 0.75;

/** A variable's own value may still say `light-dark(...)`; the colour of an element that uses it does not. */
export function lookOf(host: HTMLElement): Look {
  const probe = document.createElement("span");
  host.append(probe);
  const colour = (name: string) => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const { fontSize, fontFamily } = getComputedStyle(document.documentElement);
  const look = {
    quiet: colour("quiet"),
    line: colour("line"),
    mark: colour("mark"),
    band: colour("band"),
    ground: colour("ground"),
    font: `${Math.round(Number.parseFloat(fontSize) * AXIS_LETTERS)}px ${fontFamily}`,
  };
  probe.remove();
  return look;
}

/** Another number whenever the colours may have changed: the device's, the learner's choice, or forced ones. */
export function useLookChanges(): number {
  const [changes, setChanges] = useState(0);
  useEffect(() => {
    const changed = () => setChanges((count) => count + 1);
    const queries = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((one) => matchMedia(one));
    for (const query of queries) query.addEventListener("change", changed);
    const theme = new MutationObserver(changed);
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
    return () => {
      for (const query of queries) query.removeEventListener("change", changed);
      theme.disconnect();
    };
  }, []);
  return changes;
}
