/**
 * Owns the one line that says how the page stands with the server. Words only; nothing happens here.
 */
import { words } from "../words";

export type Link =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | { readonly kind: "saving" }
  | {
      readonly kind: "reconnecting" /** When the next try begins, by this device's clock; absent while trying. */;
      readonly at?: number;
    }
  | { readonly kind: "offline" }
  | { readonly kind: "ended" }
  | { readonly kind: "stopped"; readonly words: string; readonly again: boolean };

/** What the line says. `kept` is the number of answers that wait on this device. */
export function linkWords(link: Link, now: number, kept: number): string {
  const note = keptWords(kept);
  switch (link.kind) {
    case "connecting":
      return words.link.connecting;
    case "live":
      return words.link.live;
    case "saving":
      return words.link.saving;
    case "reconnecting": {
      const seconds = link.at === undefined ? 0 : Math.ceil((link.at - now) / 1000);
      const when = seconds > 0 ? words.link.reconnectingIn(seconds) : words.link.reconnectingNow;
      return note === "" ? when : `${when}; ${note}`;
    }
    case "offline":
      return `${words.link.offline}: ${note || words.link.kept(2)}`;
    case "ended":
      return words.link.ended;
    case "stopped":
      return words.link.stopped;
  }
}

function keptWords(kept: number): string {
  return kept === 0 ? "" : words.link.kept(kept);
}

/** What a screen reader hears when the link changes; the countdown is left out. */
export function linkAnnouncement(link: Link): string {
  switch (link.kind) {
    case "live":
      return words.link.said.live;
    case "saving":
      return words.link.said.saving;
    case "reconnecting":
      return words.link.said.reconnecting;
    case "offline":
      return words.link.said.offline;
    case "stopped":
      return link.words;
    default:
      return "";
  }
}
