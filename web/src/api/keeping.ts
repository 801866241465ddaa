/**
 * Owns the REST routes of what learners prefer and mark.
 */
import type {
  Bookmark,
  BookmarkPage,
  Preferences,
  PreferencesView,
  Reminding,
  SaveBookmark,
} from "@protocol";
import type { Api } from "./client";

/** As the server has them for somebody who has set none. */
const USUAL: PreferencesView = {
  goals: [],
  daily_minutes: null,
  time_multiplier: 1,
  granted_time_multiplier: 1,
  theme: "system",
  reminders: false,
  time_zone: null,
};

/** Of somebody who has done nothing here they are as usual. */
export async function preferences(api: Api): Promise<PreferencesView> {
  return (await api.isKnown()) ? api.request("GET", "/v1/learners/me/preferences") : USUAL;
}

/** Written whole: what is left out is no more. */
export function savePreferences(api: Api, body: Preferences): Promise<void> {
  return api.command("PUT", "/v1/learners/me/preferences", body);
}

/** Whether reminders are sent, for whoever may want some. */
export function reminding(api: Api): Promise<Reminding> {
  return api.unsignedGet("/v1/reminders");
}

/** `after`: where the page before said that this one begins. */
export async function bookmarks(api: Api, certification: string, after?: string): Promise<BookmarkPage> {
  if (!(await api.isKnown())) return { bookmarks: [], next: null };
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
