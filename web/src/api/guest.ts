/**
 * Owns the guest's token: where it is kept, and that two tabs opened at once do not make two guests.
 */

import { exclusively } from "./exclusive";

const TOKEN_KEY = "learnr.token";

export interface TokenStore {
  read(): string | undefined;
  write(token: string): void;
  /** Nobody bears it any more: it was refused for good, or its guest has an account. */
  forget(): void;
  /** Runs `work` while no other tab of this browser runs it. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

export function browserTokens(storage: Pick<Storage, "getItem" | "setItem" | "removeItem">): TokenStore {
  /** What no storage took. */
  let remembered: string | undefined;
  return {
    read: () => storage.getItem(TOKEN_KEY) ?? remembered,
    write(token) {
      try {
        storage.setItem(TOKEN_KEY, token);
        remembered = undefined;
      } catch {
        // Storage is full or forbidden: the guest lives as long as this page does.
        remembered = token;
      }
    },
    forget() {
      remembered = undefined;
      storage.removeItem(TOKEN_KEY);
    },
    // Without locks a double guest costs nothing but an unused row.
    exclusively: (work) => exclusively("learnr.guest", work),
  };
}
