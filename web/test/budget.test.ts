import { existsSync, readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const DIST = new URL("../dist/", import.meta.url);
/** What index.html itself brings in, compressed, bytes: issue 8 says 150 KB. */
const FIRST_LOAD_MAX = 150_000;
/** A page that is loaded when somebody goes to it, bytes. */
const PART_MAX = 60_000;

const size = (path: string) => gzipSync(readFileSync(new URL(path, DIST)), { level: 9 }).length;

function built(): string {
  const index = new URL("index.html", DIST);
  if (!existsSync(index)) throw new Error("web/dist is missing: npm run build");
  return readFileSync(index, "utf8");
}

/** Scripts, styles and what they are known to need at once. */
function firstLoad(html: string): string[] {
  const tags = html.match(/<(?:script|link)\b[^>]*>/g) ?? [];
  const wanted = tags.filter((tag) => /^<script|rel="(?:stylesheet|modulepreload)"/.test(tag));
  return wanted.flatMap((tag) => /(?:src|href)="\/([^"]+)"/.exec(tag)?.[1] ?? []);
}

test("the first load is within its budget", () => {
  const files = ["index.html", ...firstLoad(built())];
  for (const kind of [".js", ".css"])
    expect(
      files.some((file) => file.endsWith(kind)),
      kind,
    ).toBe(true);
  const sizes = files.map((file) => ({ file, bytes: size(file) }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  console.info(
    [...sizes, { file: "first load", bytes: total }]
      .map(({ file, bytes }) => `${String(bytes).padStart(7)} B gzip  ${file}`)
      .join("\n"),
  );
  expect(total).toBeLessThan(FIRST_LOAD_MAX);
});

test("nothing of a part that comes later is in the first load, and no part is too large", () => {
  const first = firstLoad(built());
  const parts = readdirSync(new URL("assets/", DIST)).filter((file) => file.endsWith(".js"));
  const later = parts.filter((file) => !first.includes(`assets/${file}`));
  expect(later.length).toBeGreaterThan(5);
  for (const file of later) expect(size(`assets/${file}`), file).toBeLessThan(PART_MAX);
});

test("the service worker keeps the first load and every later part, and no address of the server's", () => {
  const worker = readFileSync(new URL("service-worker.js", DIST), "utf8");
  for (const file of ["index.html", ...firstLoad(built())]) expect(worker, file).toContain(file);
  for (const file of readdirSync(new URL("assets/", DIST))) expect(worker, file).toContain(file);
  expect(worker).not.toMatch(/^\s*(import|export)\b/m);
});
