/**
 * Owns what a close code means to the learner and whether to come back after it.
 * The table is the one of the wire contract ("Close codes").
 */

/** Codes this client closes with. */
export const CLOSE_DONE = 1000;
export const CLOSE_RESYNC = 4010;
export const CLOSE_SILENT = 4012;

const COME_BACK = new Set([1001, 1006, 1011, 1012, 1013]);

/** Whether the contract tells a client to connect again after `code`. */
export function shouldReconnect(code: number): boolean {
  return COME_BACK.has(code) || (code >= 4000 && code <= 4499);
}

/** Code of a session that is gone: there is nothing to come back to. */
export const CLOSE_REMOVED = 4503;

/** Code of a session that has ended: the summary says the rest. */
export const CLOSE_ENDED = 4505;

const WORDS: Record<number, string> = {
  1009: "The server refused a message as too large.",
  4500: "The server did not accept this page's ticket.",
  4501: "The server could not read a message from this page. Reload the page to get its newest version.",
  4502: "This page did not introduce itself in time.",
  4503: "This session was removed; it may have been deleted with its account.",
  4504: "This session is open in another window, which took over from this one.",
  4505: "This session has ended.",
};

/** Plain words for a close that is not mended by itself. */
export function closeWords(code: number): string {
  return WORDS[code] ?? `The server closed the connection (code ${code}).`;
}
