/**
 * Owns the one line that says how the page stands with the server. Words only; nothing happens here.
 */

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
      return "Connecting";
    case "live":
      return "Live";
    case "saving":
      return "Saving your answer";
    case "reconnecting": {
      const seconds = link.at === undefined ? 0 : Math.ceil((link.at - now) / 1000);
      return `Reconnecting ${seconds > 0 ? `in ${seconds} s` : "now"}${note && `; ${note}`}`;
    }
    case "offline":
      return `Offline: ${note || "your answers are kept"}`;
    case "ended":
      return "Session ended";
    case "stopped":
      return "Not connected";
  }
}

function keptWords(kept: number): string {
  if (kept === 0) return "";
  return kept === 1 ? "your answer is kept" : "your answers are kept";
}

/** What a screen reader hears when the link changes; the countdown is left out. */
export function linkAnnouncement(link: Link): string {
  switch (link.kind) {
    case "live":
      return "Connected.";
    case "saving":
      return "Saving your answer.";
    case "reconnecting":
      return "Connection lost. Reconnecting; your answers are kept.";
    case "offline":
      return "You are offline. Your answers are kept.";
    case "stopped":
      return link.words;
    default:
      return "";
  }
}
