/**
 * Owns the token that a link in a mail brings along: read once, and then out of the address, so that neither the history
 * nor a page that is linked to has it.
 */
const kept = new Map<string, string>();

/** The token in the address of this page; empty when there is none. Read again, it is the one read before. */
export function takeMailToken(page: Pick<Window, "location" | "history">): string {
  const { location, history } = page;
  const query = new URLSearchParams(location.search);
  const token = query.get("token");
  if (token === null) return kept.get(location.pathname) ?? "";
  kept.set(location.pathname, token);
  query.delete("token");
  const rest = query.toString();
  history.replaceState(null, "", location.pathname + (rest === "" ? "" : `?${rest}`));
  return token;
}
