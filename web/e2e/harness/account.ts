/** Owns people with accounts and roles, made over REST as mails and admins would, and signing in on a page. */
import type { Page } from "playwright-core";
import { expect, vi } from "vitest";
import type { Server } from "./server";

/** What `Server.start` is given so that roles can be granted: `--owner-token OWNER`. */
export const OWNER = "the-owner-of-these-browser-tests-0123456789";
export const PASSWORD = "vermilion otter walks uphill";
/** The page that the link of a mail to somebody new leads to. */
const CONFIRM = "/confirm";

export interface Person {
  readonly learner: string;
  readonly email: string;
}

interface Wanted {
  readonly email: string;
  readonly name?: string;
  readonly roles?: readonly ("author" | "admin")[];
  /** The certification an author is entered for. */
  readonly authorOf?: string;
}

/** Somebody who has registered and confirmed the mail, with these roles. */
export async function account(server: Server, wanted: Wanted): Promise<Person> {
  const { email, name = "Ada", roles = [], authorOf } = wanted;
  const link = await nextMail(server, CONFIRM, () =>
    send(server, "POST", "/v1/auth/register", { email, name }),
  );
  const token = link.split("token=")[1];
  const confirmed = await send(server, "POST", "/v1/auth/confirm", { token, password: PASSWORD });
  const { account: made } = (await confirmed.json()) as { account: { learner: string } };
  const person = `/v1/admin/people/${made.learner}`;
  for (const role of roles) await send(server, "PUT", `${person}/roles/${role}`, undefined, OWNER);
  if (authorOf !== undefined)
    await send(server, "PUT", `${person}/certifications/${encodeURIComponent(authorOf)}`, undefined, OWNER);
  return { learner: made.learner, email };
}

/** Where the link to this page leads in the mail that `ask` asks for. */
export async function nextMail(server: Server, page: string, ask: () => Promise<unknown>): Promise<string> {
  const before = server.mailed(page);
  await ask();
  await vi.waitFor(() => expect(server.mailed(page)).not.toBe(before), { timeout: 20_000 });
  return server.mailed(page) ?? "";
}

async function send(
  server: Server,
  method: string,
  path: string,
  body?: unknown,
  bearer?: string,
): Promise<Response> {
  const response = await fetch(`${server.origin}${path}`, {
    method,
    headers: {
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response;
}

export async function signIn(page: Page, person: Pick<Person, "email">, password = PASSWORD): Promise<void> {
  await trySignIn(page, person, password);
  await page.waitForURL((url) => url.pathname === "/");
}

/** Sends the form; what comes of it is the caller's to look at. */
export async function trySignIn(
  page: Page,
  { email }: Pick<Person, "email">,
  password: string,
): Promise<void> {
  await page.goto("/sign-in");
  await page.locator("input[name=email]").fill(email);
  await page.locator("input[name=password]").fill(password);
  await page.locator("form button[type=submit]").click();
}

/** By the way around, without loading the page anew: what it holds in memory stays. */
export async function toAccountPage(page: Page): Promise<void> {
  await page.locator(".places a[href='/account']").click();
  await page.getByRole("heading", { name: "Account", level: 1 }).waitFor();
}
