/**
 * Owns which language the page speaks: the first of the reader's that there is a catalogue of, else English.
 */
import { en, type Words } from "./en";

export type { Words } from "./en";

/** One entry a language, by its primary subtag. A language to the right of this line is a file beside `en.ts`. */
const CATALOGUES: Readonly<Record<string, Words>> = { en };

/** Languages written from right to left, by their primary subtag. */
const RIGHT_TO_LEFT = new Set(["ar", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"]);

/** `languages`: BCP 47 tags, the reader's first choice first. */
export function chosen(languages: readonly string[]): { readonly language: string; readonly words: Words } {
  for (const tag of languages) {
    const language = tag.split("-")[0]?.toLowerCase() ?? "";
    // Own keys only: a tag may be any text.
    const words = Object.hasOwn(CATALOGUES, language) ? CATALOGUES[language] : undefined;
    if (words !== undefined) return { language, words };
  }
  return { language: "en", words: en };
}

const languages = typeof navigator === "undefined" ? [] : (navigator.languages ?? []);

export const { language, words } = chosen(languages);

/** Of what the page says; a question has its own, paragraph by paragraph. */
export const direction = directionOf(language);

export function directionOf(language: string): "ltr" | "rtl" {
  return RIGHT_TO_LEFT.has(language.split("-")[0]?.toLowerCase() ?? "") ? "rtl" : "ltr";
}
