/**
 * Owns the addresses of pages. Knows no page, and nothing of how one is gone to.
 */
export const homePath = "/";
/** `query`: what is chosen there already, as `session/start-draft` writes it. */
export const startPath = (certification: string, query = "") =>
  `/start/${encodeURIComponent(certification)}${query === "" ? "" : `?${query}`}`;
export const progressPath = (certification: string) => `/progress/${encodeURIComponent(certification)}`;
export const sessionPath = (id: string) => `/session/${encodeURIComponent(id)}`;
export const summaryPath = (id: string) => `/session/${encodeURIComponent(id)}/summary`;
export const reviewPath = (id: string) => `/session/${encodeURIComponent(id)}/review`;
export const historyPath = "/history";
export const pastPath = (id: string) => `/history/${encodeURIComponent(id)}`;
export const bookmarksPath = "/bookmarks";
export const accountPath = "/account";
export const preferencesPath = "/preferences";
export const signInPath = "/sign-in";
export const registerPath = "/register";
export const confirmPath = "/confirm";
export const forgotPath = "/forgot";
export const resetPath = "/reset";
export const ownPath = "/own";
export const ownOfPath = (certification: string) => `/own/${encodeURIComponent(certification)}`;
export const adminPeoplePath = "/admin/people";
export const adminClusterPath = "/admin/cluster";
export const adminHealthPath = "/admin/health";
export const adminAuditPath = "/admin/audit";
export const unsubscribePath = "/unsubscribe";

/** What the router matches; `:` begins what varies. */
export const START_PATTERN = "/start/:certification";
export const PROGRESS_PATTERN = "/progress/:certification";
export const SESSION_PATTERN = "/session/:id";
export const SUMMARY_PATTERN = "/session/:id/summary";
export const REVIEW_PATTERN = "/session/:id/review";
export const PAST_PATTERN = "/history/:id";
export const OWN_PATTERN = "/own/:certification";

/** Whether every part of an address can be read: the router would throw at one that cannot. */
export function isReadable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}

/**
 * What stays with the learner from page to page: `?debug`, and nothing else, least of all a token from a mail. `path` may
 * have a query of its own.
 */
export function withDebug(path: string, debug: boolean): string {
  if (!debug) return path;
  return `${path}${path.includes("?") ? "&" : "?"}debug`;
}
