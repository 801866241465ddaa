/**
 * Owns the REST routes of what learners prefer and mark.
 */
import type { Bookmark, BookmarkPage, Preferences, PreferencesView, SaveBookmark } from "@protocol";
import type { Api } from "./client";

export function preferences(api: Api): Promise<PreferencesView> {
  return api.request("GET", "/v1/learners/me/preferences");
}

/** Written whole: what is left out is no more. */
export function savePreferences(api: Api, body: Preferences): Promise<void> {
  return api.command("PUT", "/v1/learners/me/preferences", body);
}

/** `after`: where the page before said that this one begins. */
export function bookmarks(api: Api, certification: string, after?: string): Promise<BookmarkPage> {
  const query = after === undefined ? "" : `?after=${encodeURIComponent(after)}`;
  return api.request("GET", `${bookmarksOf(certification)}${query}`);
}

/** Only questions that were answered can be marked. */
export function saveBookmark(
  api: Api,
  certification: string,
  item: Bookmark["item"],
  body: SaveBookmark,
): Promise<void> {
  return api.command("PUT", `${bookmarksOf(certification)}/${encodeURIComponent(item)}`, body);
}

export function removeBookmark(api: Api, certification: string, item: Bookmark["item"]): Promise<void> {
  return api.command("DELETE", `${bookmarksOf(certification)}/${encodeURIComponent(item)}`);
}

function bookmarksOf(certification: string): string {
  return `/v1/certifications/${encodeURIComponent(certification)}/bookmarks`;
}
