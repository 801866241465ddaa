/**
 * Owns which questions of a certification are bookmarked, as far as this page knows: asked once, shared by every button.
 */

import type { Api } from "../api/client";
import { bookmarks, removeBookmark, saveBookmark } from "../api/keeping";
import { Store } from "../store";

/** A hundred bookmarks a page: whoever has more than this looks at them on their own page. */
export const MARK_PAGES_MAX = 20;

/** Notes by item. */
type Notes = ReadonlyMap<string, string>;

export class Marks {
  readonly notes = new Store<Notes>(new Map());
  /** Every bookmark is known: only then is a question that is not among them without one. */
  whole = false;
  private loading: Promise<void> | undefined;

  constructor(
    private readonly api: Api,
    private readonly certification: string,
  ) {}

  /** Asked once; again after it failed. */
  load(): Promise<void> {
    this.loading ??= this.read().catch((error: unknown) => {
      this.loading = undefined;
      throw error;
    });
    return this.loading;
  }

  /** An empty note is a bookmark too. */
  async save(item: string, note: string): Promise<void> {
    await saveBookmark(this.api, this.certification, item, { note });
    this.notes.set(new Map(this.notes.value).set(item, note));
  }

  async remove(item: string): Promise<void> {
    await removeBookmark(this.api, this.certification, item);
    const notes = new Map(this.notes.value);
    notes.delete(item);
    this.notes.set(notes);
  }

  private async read(): Promise<void> {
    const found = new Map<string, string>();
    let after: string | undefined;
    for (let page = 0; page < MARK_PAGES_MAX; page += 1) {
      const { bookmarks: list, next } = await bookmarks(this.api, this.certification, after);
      for (const { item, note } of list) found.set(item, note);
      after = next ?? undefined;
      if (after === undefined) break;
    }
    this.whole = after === undefined;
    // What was marked here in the meantime is newer than what was read.
    this.notes.set(new Map([...found, ...this.notes.value]));
  }
}

interface Known {
  readonly generation: unknown;
  readonly marks: Map<string, Marks>;
}

const known = new WeakMap<Api, Known>();

/** The marks of whoever is here; somebody else's are forgotten. */
export function marksOf(api: Api, certification: string): Marks {
  const generation = api.auth.generation.value;
  let mine = known.get(api);
  if (mine === undefined || mine.generation !== generation) {
    mine = { generation, marks: new Map() };
    known.set(api, mine);
  }
  const found = mine.marks.get(certification) ?? new Marks(api, certification);
  mine.marks.set(certification, found);
  return found;
}
