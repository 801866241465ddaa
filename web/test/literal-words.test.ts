import { readdirSync, readFileSync } from "node:fs";
import { parseAst } from "vite";
import { expect, test } from "vitest";
import { chosen, directionOf } from "../src/words";

const ROOT = new URL("../", import.meta.url).pathname;
/** Attributes whose text is seen or heard. `title` and `label` are also what our own components call it. */
const SPOKEN = new Set([
  "alt",
  "aria-description",
  "aria-label",
  "aria-placeholder",
  "aria-roledescription",
  "aria-valuetext",
  "hint",
  "label",
  "placeholder",
  "sending",
  "title",
  "what",
  "words",
]);
const LETTERS = /\p{L}{2,}/u;

function filesOf(folder: string, name: RegExp): string[] {
  const all = readdirSync(`${ROOT}${folder}`, { recursive: true, encoding: "utf8" });
  return all.filter((file) => name.test(file)).map((file) => `${folder}/${file}`);
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly [part: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string";

function children(node: Node): Node[] {
  return Object.values(node)
    .flatMap((part) => (Array.isArray(part) ? part : [part]))
    .filter(isNode);
}

/** The texts an expression may come to, as far as they stand in it. */
function texts(node: Node): string[] {
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" ? [node.value] : [];
    case "TemplateLiteral":
      return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked);
    case "ConditionalExpression":
      return [...texts(node.consequent as Node), ...texts(node.alternate as Node)];
    case "LogicalExpression":
    case "BinaryExpression":
      return ["===", "!==", "<", ">", "<=", ">="].includes(String(node.operator))
        ? []
        : [...texts(node.left as Node), ...texts(node.right as Node)];
    case "JSXExpressionContainer":
    case "ParenthesizedExpression":
      return texts(node.expression as Node);
    default:
      return [];
  }
}

/** What is typed into a terminal is the same in every language. */
function isCode(node: Node): boolean {
  if (node.type !== "JSXElement") return false;
  const { name } = node.openingElement as { name: { name?: unknown } };
  return name.name === "code";
}

/** Letters that a learner would see or hear and that no catalogue has. */
function literals(code: string): string[] {
  const found: string[] = [];
  const note = (text: string) => LETTERS.test(text) && found.push(text.trim());
  const walk = (node: Node) => {
    if (isCode(node)) return;
    if (node.type === "JSXText") note(String(node.value));
    if (node.type === "JSXElement" || node.type === "JSXFragment") {
      const inside = node.children as Node[];
      for (const one of inside.filter(({ type }) => type === "JSXExpressionContainer"))
        for (const text of texts(one)) note(text);
    }
    if (node.type === "JSXAttribute") {
      const { name } = node.name as { name: string };
      if (SPOKEN.has(name) && isNode(node.value)) for (const text of texts(node.value)) note(text);
    }
    for (const child of children(node)) walk(child);
  };
  walk(parseAst(code, { lang: "tsx" }) as unknown as Node);
  return found;
}

test("every text of every page and component comes from a catalogue", () => {
  const files = filesOf("src", /\.tsx$/);
  expect(files.length).toBeGreaterThan(20);
  const found = files.flatMap((file) =>
    literals(readFileSync(`${ROOT}${file}`, "utf8")).map((text) => `${file}: ${text}`),
  );
  expect(found).toEqual([]);
});

test("nothing is told to a learner, spoken or put in the title but what a catalogue says", () => {
  const told =
    /(?:notice|announcement)\.set\(\s*["'`]\p{L}|document\.title\s*=\s*(?:["'`]|`[^`]*\}[^`$]*)\p{L}|setProblem\(\s*["'`]\p{L}/u;
  const files = filesOf("src", /\.tsx?$/);
  expect(files.filter((file) => told.test(readFileSync(`${ROOT}${file}`, "utf8")))).toEqual([]);
});

test("a text that stands in a page is caught wherever it stands", () => {
  const page = (inside: string) => `export const Page = () => ${inside};`;
  for (const caught of [
    "<p>Hello</p>",
    '<p>{"Hello"}</p>',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what a page must not say, not a template.
    "<p>{ready ? `Hello ${name}` : words.no}</p>",
    '<p>{ready && "Hello"}</p>',
    '<img alt="Hello" />',
    '<button aria-label={ready ? "Hello" : undefined} />',
    '<Field label="Hello" />',
    "<>Hello</>",
  ])
    expect(literals(page(caught)), caught).toHaveLength(1);
  for (const passed of [
    "<p>{words.hello}</p>",
    '<p class="quiet">{count} / {kind === "review" && words.review}</p>',
    '<input type="text" name="email" value="ready" />',
    "<kbd>T</kbd>",
    "<code>learnr import</code>",
  ])
    expect(literals(page(passed)), passed).toEqual([]);
});

test("styles name beginnings and ends, so that a language from right to left turns the page around", () => {
  const sided =
    /(?:margin|padding|border|inset)-(?:left|right)\b|text-align:\s*(?:left|right)|^\s*(?:left|right|float):/m;
  const files = filesOf("src/styles", /\.css$/);
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((file) => sided.test(readFileSync(`${ROOT}${file}`, "utf8")))).toEqual([]);
});

test("the page says which language it speaks and which way that is written", () => {
  expect(chosen(["tlh", "en-GB"]).language).toBe("en");
  expect(["en", "de-AT", "he", "ar-EG", "FA", ""].map(directionOf)).toEqual([
    "ltr",
    "ltr",
    "rtl",
    "rtl",
    "rtl",
    "ltr",
  ]);
});
