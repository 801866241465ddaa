/**
 * Owns the table of questions without drawing it: its columns, sorting, finding, and what a figure reads as.
 */
import type { ItemStatistics } from "@protocol";
import { duration } from "../session/words";
import { words } from "../words";
import { decimal, number, share } from "../words/format";

/** Judged answers from which the server judges a question. */
export const JUDGED_MIN = 30;
/** Questions kept in a page: beyond it an export is the better way to look at them. */
export const ITEMS_LOADED_MAX = 10_000;
/** Rows drawn at a time. */
export const ROWS_SHOWN = 50;

export const ITEM_COLUMNS = [
  "item",
  "area",
  "verdict",
  "served",
  "answers",
  "right",
  "time",
  "judged",
  "discrimination",
  "infit",
  "outfit",
] as const;

export type ItemColumn = (typeof ITEM_COLUMNS)[number];

export interface Sort<Key extends string = string> {
  readonly key: Key;
  readonly descending: boolean;
}

/** A lookup of an area's title by its id. */
type TitleOf = (area: string) => string;

/** What is found of a question, the gravest first. */
const VERDICTS = ["does_not_discriminate", "noisy", "redundant", "none", "too_few"] as const;

export type ItemVerdict = (typeof VERDICTS)[number];

export function verdictOf({ misfit, judged }: ItemStatistics): ItemVerdict {
  if (misfit !== undefined) return misfit;
  return judged < JUDGED_MIN ? "too_few" : "none";
}

export function verdictWords(item: ItemStatistics): string {
  const verdict = verdictOf(item);
  return verdict === "too_few" ? words.owner.tooFew(item.judged, JUDGED_MIN) : words.owner.verdicts[verdict];
}

/** One click sorts, the next turns it round. Figures begin with the highest, words with the first. */
export function nextSort<Key extends string>(now: Sort<Key>, key: Key, textual: readonly Key[]): Sort<Key> {
  if (now.key === key) return { key, descending: !now.descending };
  return { key, descending: !textual.includes(key) };
}

export const TEXTUAL: readonly ItemColumn[] = ["item", "area", "verdict"];

const names = new Intl.Collator(undefined, { numeric: true });

/** Those without a figure come last, whichever way it goes; what is alike stays in order of id. */
export function sortedItems(
  items: readonly ItemStatistics[],
  { key, descending }: Sort<ItemColumn>,
  titleOf: TitleOf,
): readonly ItemStatistics[] {
  const turn = descending ? -1 : 1;
  return [...items].sort((one, other) => {
    const [a, b] = [cellOf(one, key, titleOf), cellOf(other, key, titleOf)];
    if (a === undefined || b === undefined) {
      if (a !== b) return a === undefined ? 1 : -1;
    } else {
      const order = compared(a, b);
      if (order !== 0) return order * turn;
    }
    return names.compare(one.item_id, other.item_id);
  });
}

function compared(a: number | string, b: number | string): number {
  return typeof a === "number" && typeof b === "number" ? a - b : names.compare(String(a), String(b));
}

function cellOf(item: ItemStatistics, key: ItemColumn, titleOf: TitleOf): number | string | undefined {
  switch (key) {
    case "item":
      return item.item_id;
    case "area":
      return titleOf(item.area);
    case "served":
      return item.served;
    case "answers":
      return item.answers;
    case "right":
      return item.p_value;
    case "time":
      return item.mean_elapsed_ms;
    case "judged":
      return item.judged;
    case "discrimination":
      return item.discrimination;
    case "infit":
      return item.infit;
    case "outfit":
      return item.outfit;
    case "verdict":
      return VERDICTS.indexOf(verdictOf(item));
  }
}

/** Those that have every word of `text` in their id, their area or what was found; `only` those with something found. */
export function foundItems(
  items: readonly ItemStatistics[],
  text: string,
  only: boolean,
  titleOf: TitleOf,
): readonly ItemStatistics[] {
  const wanted = text.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return items.filter((item) => {
    if (only && item.misfit === undefined) return false;
    if (wanted.length === 0) return true;
    const said = [item.item_id, item.area, titleOf(item.area), verdictWords(item)];
    const all = said.join(" ").toLocaleLowerCase();
    return wanted.every((word) => all.includes(word));
  });
}

/** What a cell reads as. */
export function figureWords(item: ItemStatistics, key: ItemColumn, titleOf: TitleOf): string {
  const { noFigure, withErrors, withShare } = words.owner;
  switch (key) {
    case "item":
      return item.item_id;
    case "area":
      return titleOf(item.area);
    case "served":
      return withShare(item.served, item.exposure_rate);
    case "answers":
      return number(item.answers);
    case "right":
      return item.p_value === undefined ? noFigure : share(item.p_value);
    case "time":
      return item.mean_elapsed_ms === undefined ? noFigure : duration(item.mean_elapsed_ms);
    case "judged":
      return number(item.judged);
    case "discrimination":
      return item.discrimination === undefined ? noFigure : decimal(item.discrimination);
    case "infit":
      return item.infit === undefined ? noFigure : withErrors(item.infit, item.infit_z ?? 0);
    case "outfit":
      return item.outfit === undefined ? noFigure : withErrors(item.outfit, item.outfit_z ?? 0);
    case "verdict":
      return verdictWords(item);
  }
}

/** The rows from `from` on, and where the pages beside them begin. */
export function rowsAt<T>(rows: readonly T[], from: number) {
  // What is found may have become less than where somebody was.
  const first = from < rows.length ? from : 0;
  const shown = rows.slice(first, first + ROWS_SHOWN);
  return {
    first,
    shown,
    previous: first > 0 ? Math.max(0, first - ROWS_SHOWN) : undefined,
    next: first + ROWS_SHOWN < rows.length ? first + ROWS_SHOWN : undefined,
  };
}
