/**
 * Owns going through a list page by page, by the places that its pages name. One page is in memory at a time.
 */
import { useRef, useState } from "preact/hooks";
import { type Loaded, useLoaded } from "./use-loaded";

export interface Cursor<T> {
  readonly page: Loaded<T>;
  /** What is shown while another page comes, so that nothing jumps. */
  readonly shown: T | undefined;
  /** Counted from 1. */
  readonly number: number;
  /** Undefined on the first. */
  readonly back: (() => void) | undefined;
  /** Goes where the page says that the next one begins. */
  readonly on: (cursor: string) => void;
}

/** A component that lists something else is to be another one, by its `key`. */
export function useCursor<T>(load: (cursor: string | undefined) => Promise<T>): Cursor<T> {
  const [places, setPlaces] = useState<readonly (string | undefined)[]>([undefined]);
  const cursor = places.at(-1);
  const page = useLoaded(() => load(cursor), `${places.length} ${cursor}`);
  const shown = useRef<T>(undefined);
  if (page.kind === "loaded") shown.current = page.value;
  return {
    page,
    shown: shown.current,
    number: places.length,
    back: places.length > 1 ? () => setPlaces((now) => now.slice(0, -1)) : undefined,
    on: (next) => setPlaces((now) => [...now, next]),
  };
}
