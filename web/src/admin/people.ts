/**
 * Owns what a change does to somebody as they are shown, once the server has taken it.
 */
import type { AccountRole, Person } from "@protocol";
import { words } from "../words";

export const ROLES: readonly AccountRole[] = ["author", "admin"];

/** What they are called: by name, else by address, else in words. */
export function nameOf({ account: { name, email } }: Person): string {
  return name.trim() || email || words.admin.unnamed;
}

export function withRole(person: Person, role: AccountRole, given: boolean): Person {
  const others = person.account.roles.filter((one) => one !== role);
  const held = given ? [...others, role] : others;
  const roles = ROLES.filter((one) => held.includes(one));
  return { ...person, account: { ...person.account, roles } };
}

export function withAuthored(person: Person, certification: string, entered: boolean): Person {
  const others = person.authored.filter((one) => one !== certification);
  return { ...person, authored: entered ? [...others, certification].sort() : others };
}

/** Whether text is the id of a session: the route answers anything else as a session that is not there. */
export function isSessionId(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text.trim());
}
