/**
 * Owns when a guest is asked to make an account: not before there is something to lose, and not for a while after "not
 * now". Knows no page.
 */
import { KEEP_MS, read, type Storage, write } from "../storage";

const KEY = "learnr.guest-invitation";

export function mayInvite(storage: Storage, now: number): boolean {
  const declined = read(storage, KEY);
  return declined === undefined || now - declined.at > KEEP_MS;
}

export function decline(storage: Storage, now: number): void {
  write(storage, KEY, { at: now });
}
