/**
 * Owns the guest's token: where it is kept, and that two tabs opened at once do not make two guests.
 */

import { exclusively } from "./exclusive";

const TOKEN_KEY = "learnr.token";

export interface TokenStore {
  read(): string | undefined;
  write(token: string): void;
  /** Runs `work` while no other tab of this browser runs it. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

export function browserTokens(storage: Pick<Storage, "getItem" | "setItem">): TokenStore {
  let remembered: string | undefined;
  return {
    read: () => storage.getItem(TOKEN_KEY) ?? remembered,
    write(token) {
      remembered = token;
      try {
        storage.setItem(TOKEN_KEY, token);
      } catch {
        // Storage is full or forbidden: the guest lives as long as this page does.
      }
    },
    // Without locks a double guest costs nothing but an unused row.
    exclusively: (work) => exclusively("learnr.guest", work),
  };
}
