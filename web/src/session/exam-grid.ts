/**
 * Owns which question of the overview an arrow key leads to. Pure.
 */

export interface GridStop {
  /** 1-based position that has the focus. */
  readonly from: number;
  readonly length: number;
  /** Questions in a row, as wide as the page is now. */
  readonly columns: number;
  readonly rightToLeft: boolean;
}

/** Undefined for keys that mean nothing there. At an edge the focus stays where it is. */
export function placeOfKey(
  key: string,
  { from, length, columns, rightToLeft }: GridStop,
): number | undefined {
  const row = Math.max(1, columns);
  const forward = rightToLeft ? -1 : 1;
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: forward,
    ArrowLeft: -forward,
    ArrowDown: row,
    ArrowUp: -row,
    Home: 1 - from,
    End: length - from,
  };
  // Own keys only: a key may have any name.
  const step = Object.hasOwn(steps, key) ? steps[key] : undefined;
  if (step === undefined) return undefined;
  const to = from + step;
  return to >= 1 && to <= length ? to : from;
}
