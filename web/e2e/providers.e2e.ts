import { type ChildProcess, spawn } from "node:child_process";
import { resolve } from "node:path";
import { createInterface } from "node:readline";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Learner, launch } from "./harness/browser";
import { lookNarrowAndWide } from "./harness/look";
import { hasFocus, tabTo } from "./harness/quiz";
import { Server } from "./harness/server";

/** The provider that the server's own tests use. */
const PROVIDER = resolve("../tests/it/accounts/providers/provider.mjs");
/** Longer than any button has room for, and from right to left. */
const LONG = "مدرسة القيادة الوطنية للتقييم والامتحانات المهنية العليا";

const server = new Server();
let browser: Browser;
let provider: ChildProcess;
let issuer: string;

async function tell(what: object): Promise<void> {
  const reply = await fetch(`${issuer}/-/`, { method: "POST", body: JSON.stringify(what) });
  if (!reply.ok) throw new Error(`the provider: ${reply.status}`);
}

beforeAll(async () => {
  provider = spawn(process.execPath, [PROVIDER], { stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: provider.stdout ?? process.stdin });
  issuer = await new Promise<string>((found) =>
    lines.once("line", (port) => found(`http://127.0.0.1:${port}`)),
  );
  await server.start(
    ...["--oidc-issuers", `school=${issuer};academy=${issuer}`],
    ...["--oidc-clients", "school=learnr;academy=learnr"],
    ...["--oidc-secrets", "school=a secret of these tests"],
    ...["--oidc-titles", `school=The school;academy=${LONG}`],
  );
  const callback = `${server.origin}/v1/auth/providers/school/callback`;
  await tell({
    client: { client_id: "learnr", client_secret: "a secret of these tests", redirect_uris: [callback] },
    person: { sub: "ada", email: "ada@example.org", email_verified: true, name: "Ada" },
  });
  browser = await launch();
});
afterAll(async () => {
  await browser?.close();
  provider?.kill();
  await server.dispose();
});

async function open(page: Page, path: string, heading: string): Promise<void> {
  await page.goto(path);
  await page.getByRole("heading", { name: heading, level: 1 }).waitFor();
}

test("signing in and registering have a button for each provider, narrow and wide, light and dark", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  for (const [path, heading] of [
    ["/sign-in", "Sign in"],
    ["/register", "Register"],
    ["/sign-in?problem=provider", "Sign in"],
  ] as const) {
    await open(page, path, heading);
    await page.getByRole("button", { name: "Continue with The school" }).waitFor();
    await page.getByRole("button", { name: LONG }).waitFor();
    await lookNarrowAndWide(page, `providers${path.replace(/\W/g, "-")}`);
  }
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("by keyboard alone to the provider and back, signed in and still so when the page is loaded again", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await open(page, "/sign-in", "Sign in");
  const button = page.getByRole("button", { name: "Continue with The school" });
  await button.waitFor();
  await tabTo(page, button);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${server.origin}/`);
  for (let loaded = 0; loaded < 2; loaded += 1) {
    await open(page, "/account", "Account");
    await page.getByText("ada@example.org").first().waitFor();
  }
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("who signs in at a provider sees it in their account, and removes it when there is another way in", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await open(page, "/sign-in", "Sign in");
  await page.getByRole("button", { name: "Continue with The school" }).click();
  await page.waitForURL(`${server.origin}/`);
  await open(page, "/account", "Account");
  const provider = page.locator("[data-provider]");
  // Both providers of this server are one, and either name is right.
  const remove = provider.getByRole("button", { name: /^Remove / });
  await remove.waitFor();
  await lookNarrowAndWide(page, "providers-account");
  await tabTo(page, remove);
  await page.keyboard.press("Enter");
  await hasFocus(provider.getByRole("button", { name: "Keep it" }));
  await lookNarrowAndWide(page, "providers-account-sure");
  await page.keyboard.press("Enter");
  await hasFocus(remove);
  await page.keyboard.press("Enter");
  await provider.getByRole("button", { name: "Remove it now" }).click();
  await provider.waitFor({ state: "detached" });
  await hasFocus(page.locator("#main"));
  expect(learner.faults).toEqual([]);
  await learner.close();
});

test("who does not want to is back, is told so, and can do something else", async () => {
  const learner = await Learner.arrive(browser, server.origin);
  const page = await learner.page();
  await tell({ fault: "declined" });
  await open(page, "/sign-in", "Sign in");
  await page.getByRole("button", { name: "Continue with The school" }).click();
  await page.getByRole("alert").filter({ hasText: "You were not signed in" }).waitFor();
  expect(await page.locator("body").innerText()).not.toContain("the provider's own words");
  await page.getByLabel("Email address").waitFor();
  await tell({ fault: "" });
  await learner.close();
});
