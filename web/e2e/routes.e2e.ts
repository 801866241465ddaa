import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import * as paths from "../src/paths";
import { account, OWNER, type Person, signIn } from "./harness/account";
import { Learner, launch } from "./harness/browser";
import { LOOKS, look } from "./harness/look";
import { answer, goOn, question, startSession } from "./harness/quiz";
import { everyTargetIsAStop } from "./harness/reach";
import { Server } from "./harness/server";

const CERTIFICATION = "business-analysis-foundations";
/** What may be wrong with an address that belongs to nobody here: browsers write refusals to the console. */
const REFUSED = /the server responded with a status of (401|403|404)/;

const ROLES = ["guest", "account", "author", "admin"] as const;
type Role = (typeof ROLES)[number];

const server = new Server();
let browser: Browser;
const people = new Map<Role, Person>();

beforeAll(async () => {
  await server.start("--owner-token", OWNER, "--rate-limits", "off");
  browser = await launch();
  people.set("account", await account(server, { email: "ada@example.org" }));
  people.set(
    "author",
    await account(server, { email: "author@example.org", roles: ["author"], authorOf: CERTIFICATION }),
  );
  people.set("admin", await account(server, { email: "admin@example.org", roles: ["admin"] }));
});
afterAll(async () => {
  await browser?.close();
  await server.dispose();
});

/** One live session and one that has ended, of whoever is on the page. */
interface Ids {
  readonly open: string;
  readonly ended: string;
}

/**
 * Every address of `src/paths.ts`: those that stand there, and those with something in them, filled with what is real. A page that is added is
 * walked without being named here, unless what varies in it is new.
 */
function addresses({ open, ended }: Ids): Map<string, string> {
  const found = new Map<string, string>();
  const filled: Record<string, string> = { certification: CERTIFICATION };
  for (const [name, value] of Object.entries(paths)) {
    if (typeof value !== "string") continue;
    const id = name === "SESSION_PATTERN" ? open : ended;
    const address = value.replace(/:(\w+)/g, (_, part: string) => {
      const filling = part === "id" ? id : filled[part];
      if (filling === undefined) throw new Error(`${name}: say in this test what :${part} may be`);
      return encodeURIComponent(filling);
    });
    found.set(name.replace(/Path$|_PATTERN$/, "").toLowerCase(), address);
  }
  return found;
}

async function sessions(page: Page): Promise<Ids> {
  const ended = await startSession(page, { length: 5 });
  for (let position = 1; position <= 5; position += 1) {
    await answer(page, position, "2");
    if (position < 5) await goOn(page, position + 1);
  }
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/summary$/);
  const open = await startSession(page, { length: 10 });
  await question(page, 1);
  return { open, ended };
}

/** The page has come, or has said why it does not. */
async function arrived(page: Page): Promise<void> {
  await page.locator("main h1, main h2, main [data-failed]").first().waitFor();
  await page.locator(".pending").waitFor({ state: "detached" });
  if (/\/session\/[^/]+$/.test(new URL(page.url()).pathname)) await question(page, 1);
}

/** Pages that look the same to several roles are looked at once. */
const seen = new Set<string>();

async function walk(page: Page, role: Role, name: string, address: string): Promise<void> {
  await page.goto(address);
  await arrived(page);
  const content = await page.locator("body").innerHTML();
  const known = `${name} ${content.replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "")}`;
  if (seen.has(known)) return;
  seen.add(known);
  for (const { width, height, colorScheme } of LOOKS) {
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await look(page, `route-${name}-${role}-${width}-${colorScheme}`);
    // Focus is drawn in the same places in both colours.
    if (colorScheme === "light") await everyTargetIsAStop(page, `${name} as ${role} at ${width} px`);
  }
  expect(await page.locator("html").getAttribute("lang")).toBe("en");
  expect(await page.locator("html").getAttribute("dir")).toBe("ltr");
  expect(await page.title(), `${name} says which page it is`).toMatch(/LearnR/);
}

test.each(ROLES)(
  "every address holds for a %s: narrow and wide, light and dark, and by keyboard alone",
  async (role) => {
    const learner = await Learner.arrive(browser, server.origin);
    const page = await learner.page();
    const person = people.get(role);
    if (person !== undefined) await signIn(page, person);
    const walked = addresses(await sessions(page));
    expect(walked.size, "the addresses were found").toBeGreaterThan(10);
    for (const [name, address] of walked) await walk(page, role, name, address);
    await walk(page, role, "unknown", "/there-is-no-such-page");
    expect(learner.faults.filter((text) => !REFUSED.test(text))).toEqual([]);
    await learner.close();
  },
  300_000,
);
