/**
 * Owns what the one line of notice does by itself: it is said aloud, once, and goes when it is not true any more. Knows no page.
 */
import type { Who } from "./api/auth";
import type { Store } from "./store";
import { words } from "./words";

interface Stores {
  readonly notice: Store<string>;
  readonly announcement: Store<string>;
  readonly who: Store<Who>;
}

export function watchNotice({ notice, announcement, who }: Stores): void {
  let said = "";
  notice.subscribe(() => {
    const text = notice.value;
    if (text !== "") announcement.set(text);
    // The same words later are to be heard again, and a screen reader hears only what changes.
    else if (announcement.value === said) announcement.set("");
    said = text;
  });
  who.subscribe(() => {
    if (who.value.kind === "account" && notice.value === words.guest.ended) notice.set("");
  });
}
