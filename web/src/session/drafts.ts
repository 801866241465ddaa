/**
 * Owns what was chosen and not sent, over reloads: one key for each session and position.
 * Knows nothing of pages; what a choice is, is `choice`'s.
 */
import type { Question } from "@protocol";
import { keysOf, prune, read, type Storage, write } from "../storage";
import type { Draft } from "./choice";

const PREFIX = "learnr.draft.";

export class Drafts {
  private readonly prefix: string;

  constructor(
    session: string,
    private readonly storage: Storage,
    now: number,
  ) {
    this.prefix = `${PREFIX}${session}.`;
    prune(storage, PREFIX, now);
  }

  /** What was chosen for this question, if the question still offers it. */
  of({ position, item_id, options, select }: Question): Draft | undefined {
    const kept = read(this.storage, this.prefix + position);
    if (kept?.itemId !== item_id || !Array.isArray(kept.options)) return undefined;
    const chosen = options.map(({ id }) => id).filter((id) => (kept.options as unknown[]).includes(id));
    const whole = chosen.length === kept.options.length && (select === "many" || chosen.length === 1);
    return whole ? { itemId: item_id, position, options: chosen } : undefined;
  }

  keep({ itemId, position, options }: Draft, now: number): void {
    if (options.length === 0) this.storage.removeItem(this.prefix + position);
    else write(this.storage, this.prefix + position, { itemId, options, at: now });
  }

  /** The answers to all questions up to `position` are stored. */
  answered(position: number): void {
    for (const key of keysOf(this.storage, this.prefix)) {
      if (Number(key.slice(this.prefix.length)) <= position) this.storage.removeItem(key);
    }
  }

  end(): void {
    this.answered(Number.POSITIVE_INFINITY);
  }
}
