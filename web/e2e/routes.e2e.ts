import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { account, OWNER, type Person, signIn } from "./harness/account";
import { addresses, arrived, sessions } from "./harness/addresses";
import { Learner, launch } from "./harness/browser";
import { LOOKS, look } from "./harness/look";
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
    // The way past the navigation lies over what is above it for as long as it has the focus.
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
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
    const walked = addresses(await sessions(page), CERTIFICATION);
    expect(walked.size, "the addresses were found").toBeGreaterThan(10);
    for (const [name, address] of walked) await walk(page, role, name, address);
    await walk(page, role, "unknown", "/there-is-no-such-page");
    expect(learner.faults.filter((text) => !REFUSED.test(text))).toEqual([]);
    await learner.close();
  },
  300_000,
);
