import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const ROOT = new URL("../../", import.meta.url).pathname;
/** `npm run NAME` in the folder of the page, as a makefile or a script writes it; `npm test` is short for one. */
const CALL = /npm (?:--prefix web )?(?:run ([\w:-]+)|(test)\b)/g;

test("every script of the page that is called from the outside is there", () => {
  const { scripts } = JSON.parse(readFileSync(`${ROOT}web/package.json`, "utf8")) as {
    scripts: Record<string, string>;
  };
  const files = ["Makefile", ...readdirSync(`${ROOT}scripts`).map((name) => `scripts/${name}`)];
  const called = files
    .filter((file) => /Makefile|\.sh$/.test(file))
    .flatMap((file) => [...readFileSync(`${ROOT}${file}`, "utf8").matchAll(CALL)])
    .map(([, run, short]) => run ?? short ?? "");
  expect(called).toContain("check");
  expect(called.filter((name) => scripts[name] === undefined)).toEqual([]);
});
