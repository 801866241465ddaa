/**
 * Owns what everything kept in this browser for a session has in common: one key each, so that two tabs never overwrite
 * each other's; JSON with the time it was written; and an end for what nobody comes back for.
 */

/** The part of `localStorage` that is used. */
export interface Storage {
  readonly length: number;
  key(index: number): string | null;
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
  removeItem(key: string): void;
}

/** What is older than this belongs to sessions nobody returned to, milliseconds. */
export const KEEP_MS = 30 * 24 * 3_600_000;

export interface Dated {
  /** When it was written, by this device's clock. */
  readonly at: number;
}

export function keysOf(storage: Storage, prefix: string): string[] {
  const found: string[] = [];
  for (let i = 0; i < storage.length; i += 1) {
    const key = storage.key(i);
    if (key?.startsWith(prefix)) found.push(key);
  }
  return found;
}

/** What stands at `key`, of which only the date has been looked at; undefined for nothing and for nonsense. */
export function read(
  storage: Storage,
  key: string,
): ({ readonly [name: string]: unknown } & Dated) | undefined {
  try {
    const value = JSON.parse(storage.getItem(key) ?? "");
    return typeof value?.at === "number" ? value : undefined;
  } catch {
    return undefined;
  }
}

export function write<T extends Dated>(storage: Storage, key: string, value: T): void {
  try {
    storage.setItem(key, JSON.stringify(value));
  } catch {
    // Storage is full or forbidden: what was to be kept lives as long as this page does.
  }
}

/** Forgets what is too old, and what cannot be read. */
export function prune(storage: Storage, prefix: string, now: number): void {
  for (const key of keysOf(storage, prefix)) {
    const value = read(storage, key);
    if (value === undefined || now - value.at > KEEP_MS) storage.removeItem(key);
  }
}
