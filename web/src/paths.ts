/**
 * Owns the addresses of pages. Knows no page, and nothing of how one is gone to.
 */
export const homePath = "/";
export const startPath = (certification: string) => `/start/${encodeURIComponent(certification)}`;
export const sessionPath = (id: string) => `/session/${encodeURIComponent(id)}`;
export const summaryPath = (id: string) => `/session/${encodeURIComponent(id)}/summary`;
export const historyPath = "/history";
export const bookmarksPath = "/bookmarks";
export const accountPath = "/account";
export const preferencesPath = "/preferences";
export const signInPath = "/sign-in";
export const registerPath = "/register";
export const confirmPath = "/confirm";
export const forgotPath = "/forgot";
export const resetPath = "/reset";
export const unsubscribePath = "/unsubscribe";

/** What the router matches; `:` begins what varies. */
export const START_PATTERN = "/start/:certification";
export const SESSION_PATTERN = "/session/:id";
export const SUMMARY_PATTERN = "/session/:id/summary";

/** Whether every part of an address can be read: the router would throw at one that cannot. */
export function isReadable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/** What stays with the learner from page to page: `?debug`, and nothing else, least of all a token from a mail. */
export function withDebug(path: string, debug: boolean): string {
  return debug ? `${path}?debug` : path;
}
