import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import { BROWSER_NAMES } from "../e2e/harness/executable";

const SCRIPTS = fileURLToPath(new URL("../../scripts/", import.meta.url));
const SETUP = readFileSync(`${SCRIPTS}setup.sh`, "utf8");
const ENGINES = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")).engines
  .node as string;
/** What the script calls beside what it looks for. */
const PLAIN_TOOLS = ["bash", "sed", "id", "env"];

/** The only folder on the path: what is not put into it is missing. */
let path: string;

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), "learnr-setup-"));
  for (const tool of PLAIN_TOOLS)
    symlinkSync(
      execFileSync("bash", ["-c", `command -v ${tool}`], { encoding: "utf8" }).trim(),
      join(path, tool),
    );
  for (const tool of ["cargo", "cc", "strace", "chromium", "redis-server", "redis-cli"]) put(tool, "exit 0");
  put("rustc", "echo 'rustc 1.95.0 (0000000 2026-01-01)'");
  put("uname", "echo Linux");
  put("node", "echo v20.19.0");
});
afterEach(() => rmSync(path, { recursive: true }));

function put(name: string, body: string): void {
  const file = join(path, name);
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
}

function setUp(env: Record<string, string> = {}): { readonly status: number | null; readonly said: string } {
  const { status, stdout, stderr } = spawnSync(join(path, "bash"), [`${SCRIPTS}setup.sh`], {
    env: { PATH: path, LEARNR_WITHOUT_POSTGRES: "1", ...env },
    encoding: "utf8",
  });
  return { status, said: stdout + stderr };
}

test.each([
  ["v18.20.8", false],
  ["v20.18.3", false],
  ["v20.19.0", true],
  ["v21.7.3", false],
  ["v22.11.0", false],
  ["v22.12.0", true],
  ["v24.0.0", true],
])("Node %s is enough: %s", (version, enough) => {
  put("node", `echo ${version}`);
  const { status, said } = setUp();
  expect(said).toBe(
    enough
      ? "setup: going without PostgreSQL; its tests will not run\n"
      : `setup: Node ${version.slice(1)} is too old; install 20.19, 22.12 or later\n`,
  );
  expect(status === 0).toBe(enough);
});

test("the versions of Node are those of package.json", () => {
  expect(ENGINES).toBe("^20.19.0 || >=22.12.0");
});

test("any browser that the browser tests would open is enough, and so is one that is named", () => {
  expect(BROWSER_NAMES.every((name) => SETUP.includes(name))).toBe(true);
  rmSync(join(path, "chromium"));
  expect(setUp().said).toContain("missing: chromium");
  expect(setUp({ CHROMIUM: join(path, "cc") }).status).toBe(0);
  expect(setUp({ CHROMIUM: join(path, "nothing") }).said).toContain("CHROMIUM names");
  put("google-chrome", "exit 0");
  expect(setUp().status).toBe(0);
});

test("Redis is installed unless the tests are to go without", () => {
  rmSync(join(path, "redis-server"));
  const { status, said } = setUp();
  expect(said).toContain("missing: redis-server");
  expect(said).toContain("LEARNR_WITHOUT_REDIS=1");
  expect(status).not.toBe(0);
  const without = setUp({ LEARNR_WITHOUT_REDIS: "1" });
  expect(without.said).toContain("going without Redis");
  expect(without.status).toBe(0);
});
