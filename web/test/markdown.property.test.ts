/**
 * What must hold of any text that is drawn as CommonMark, however hostile: questions are imported, and one page draws
 * those of everybody. `LEARNR_MARKDOWN_RUNS` is the number of texts each property is tried with; a long run is fuzzing.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import { blocks, line, plain } from "../src/markdown";
import { HOSTILE } from "./hostile";

const RUNS = Number(process.env.LEARNR_MARKDOWN_RUNS ?? 100);
/** A text takes some milliseconds; this is for a machine that does many other things. */
const WITHIN_MS = 60_000 + RUNS * 250;
/** Most characters of a text made here; a stem has 8 KB, an explanation too. */
const LENGTH_MAX = 16 * 1024;
/** What 16 KB may take at the very most, milliseconds: far above what it takes, far below what a loop would. */
const RENDER_WITHIN_MS = 5_000;

/** Every element that may come out, and its attributes with what they may hold. */
const ALLOWED: Readonly<Record<string, Readonly<Record<string, RegExp>>>> = {
  a: {
    href: /^(?:https?|mailto):/i,
    title: /./s,
    target: /^_blank$/,
    rel: /^noopener noreferrer$/,
  },
  ol: { start: /^\d{1,9}$/ },
  code: { class: /^language-\S*$/ },
  ...Object.fromEntries(
    [
      "p",
      "br",
      "hr",
      "em",
      "strong",
      "pre",
      "blockquote",
      "ul",
      "li",
      "h1",
      "h2",
      "h3",
      "h4",
      "h5",
      "h6",
    ].map((tag) => [tag, {}]),
  ),
};
const VOID = new Set(["br", "hr"]);
const INLINE = new Set(["a", "em", "strong", "code"]);

/** The one form in which a tag may be written. Whatever else holds an angle bracket is a fault. */
const TAG = /<(\/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"<>]*")*)( \/)?>/g;
const ATTRIBUTE = / ([a-z]+)="([^"<>]*)"/g;
const ENTITIES: Readonly<Record<string, string>> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"' };

function decoded(text: string): string {
  return text.replace(/&(?:amp|lt|gt|quot);/g, (entity) => ENTITIES[entity] ?? entity);
}

/** As `expect`, which is too slow to ask of every tag. */
function must(holds: boolean, fault: string): asserts holds {
  if (!holds) throw new Error(fault);
}

/** Fails when the HTML has anything that is not on the list; gives its text, with a space where blocks and lines end. */
function textOf(html: string): string {
  const open: string[] = [];
  const text = html.replace(TAG, (_tag, close: string, name: string, attributes: string, ended?: string) => {
    const allowed = ALLOWED[name];
    must(allowed !== undefined, `<${name}> is not on the list`);
    for (const [, attribute = "", value = ""] of attributes.matchAll(ATTRIBUTE)) {
      const fits = allowed[attribute]?.test(decoded(value)) === true;
      must(fits, `<${name} ${attribute}="${value}"> is not on the list`);
    }
    if (close !== "") must(open.pop() === name, `</${name}> does not close what was opened last`);
    else if (VOID.has(name)) must(ended === " /", `<${name}> is not ended`);
    else {
      must(name !== "a" || !open.includes("a"), "a link inside a link");
      open.push(name);
    }
    return INLINE.has(name) ? "" : " ";
  });
  must(open.length === 0, `not closed: ${open.join(" ")}`);
  must(!/[<>]/.test(text), "an angle bracket that is of no tag");
  must(!/&(?!(?:amp|lt|gt|quot);)/.test(text), "an ampersand that is of no entity");
  return decoded(text);
}

/** Words with one space between them. */
function words(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Everything that must hold of one text. */
function holds(text: string): void {
  const begun = performance.now();
  const html = blocks(text);
  const took = performance.now() - begun;
  expect(took, "a text is drawn within its bound").toBeLessThan(RENDER_WITHIN_MS);
  expect((html.match(TAG) ?? []).length, "tags grow with the text, no faster").toBeLessThanOrEqual(
    2 * text.length + 2,
  );
  const read = words(textOf(html));
  textOf(line(text));
  expect(words(plain(text)), "what is announced is what is drawn, without marks").toBe(read);
}

const piece = fc.constantFrom(...HOSTILE);
const bounded = (text: string) => text.slice(0, LENGTH_MAX);
const anything = fc.string({ unit: "binary", maxLength: 400 });
const mixed = fc.array(
  fc.oneof({ weight: 4, arbitrary: piece }, fc.string({ unit: "binary", maxLength: 8 })),
  {
    maxLength: 60,
  },
);
/** One to four pieces, over and over up to 16 KB: what makes a parser without bounds slow, or deep. */
const repeated = fc
  .tuple(
    fc.array(piece, { minLength: 1, maxLength: 4 }),
    fc.array(piece, { maxLength: 4 }),
    fc.integer({ min: 1, max: LENGTH_MAX }),
  )
  .map(([part, end, length]) => {
    const unit = part.join("");
    return bounded(unit.repeat(Math.ceil(length / unit.length)).slice(0, length) + end.join(""));
  });

test.each([
  ["any text", anything],
  ["hostile pieces in any order", mixed.map((pieces) => bounded(pieces.join("")))],
  ["few hostile pieces over and over, up to 16 KB", repeated],
])(
  "%s is drawn with what is on the list alone, in bounds, and read out without marks",
  (name, texts) => {
    let inputs = 0;
    fc.assert(
      fc.property(texts, (text) => {
        inputs += 1;
        holds(text);
      }),
      { numRuns: RUNS },
    );
    if (process.env.LEARNR_MARKDOWN_RUNS !== undefined) console.info(`${name}: ${inputs} texts`);
  },
  WITHIN_MS,
);

test(
  "each hostile piece alone, and 16 KB of each, holds too",
  () => {
    for (const one of HOSTILE) {
      holds(one);
      holds(bounded(one.repeat(LENGTH_MAX)));
    }
  },
  WITHIN_MS,
);
