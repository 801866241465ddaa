/**
 * Owns the colours the learner chose: on the document, and in this browser for the next page (`public/theme.js` reads it
 * before anything is drawn).
 */
import type { Theme } from "@protocol";

const THEME_KEY = "learnr.theme";

export function applyTheme(
  theme: Theme,
  document: Pick<Document, "documentElement">,
  storage: Pick<Storage, "setItem" | "removeItem">,
): void {
  const { dataset } = document.documentElement;
  if (theme === "system") delete dataset.theme;
  else dataset.theme = theme;
  try {
    if (theme === "system") storage.removeItem(THEME_KEY);
    else storage.setItem(THEME_KEY, theme);
  } catch {
    // Storage is full or forbidden: the theme lives as long as this page does.
  }
}
