/** Owns a browser of several tabs in memory: what they share (storage, lock, channel) and what each has alone. */
import type { AccountView, SignedIn } from "@protocol";
import { Auth } from "../src/api/auth";
import type { AuthEvent } from "../src/api/auth-channel";
import { Api } from "../src/api/client";
import { Exchange, type Fetch } from "../src/api/exchange";
import { browserTokens } from "../src/api/guest";
import { MemoryStorage } from "./memory-storage";

export const ACCOUNT: AccountView = {
  learner: "0190a000-0000-7000-8000-000000000001",
  email: "ada@example.org",
  name: "Ada",
  roles: [],
  authored: [],
  has_password: true,
  created_ms: 0,
};

export function signedIn(token: string): SignedIn {
  return { token, expires_ms: 900_000, account: ACCOUNT };
}

export function refusal(status: number, code = "unauthorized"): Response {
  const error = { code, message: "the token was refused", retryable: false, request_id: "q" };
  return Response.json({ error }, { status });
}

export interface Tab {
  readonly auth: Auth;
  readonly api: Api;
  /** How often it was told that its sign-in ended, and that its guest is lost. */
  readonly told: { ended: number; lost: number };
}

export class MemoryBrowser {
  readonly storage = new MemoryStorage();
  /** By every tab's clock, milliseconds. */
  now = 0;
  private readonly listeners: ((event: AuthEvent) => void)[] = [];
  private queue: Promise<unknown> = Promise.resolve();

  /** `origin`: the server's; empty when it is the page's own. */
  tab(fetch: Fetch, origin = ""): Tab {
    const told = { ended: 0, lost: 0 };
    let own: ((event: AuthEvent) => void) | undefined;
    const exchange = new Exchange(origin, fetch);
    const auth = new Auth(exchange, {
      storage: this.storage,
      channel: {
        tell: (event) => {
          for (const listener of this.listeners) if (listener !== own) listener(event);
        },
        hear: (listener) => {
          own = listener;
          this.listeners.push(listener);
        },
      },
      cookies: origin === "",
      exclusively: (work) => this.exclusively(work),
      now: () => this.now,
      date: () => this.now,
      onEnded: () => {
        told.ended += 1;
      },
    });
    const onGuestLost = () => {
      told.lost += 1;
    };
    return {
      auth,
      api: new Api({ exchange, auth, tokens: browserTokens(this.storage), onGuestLost }),
      told,
    };
  }

  /** One after the other, as the browser's locks have it. */
  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.queue.then(work);
    this.queue = turn.catch(() => undefined);
    return turn;
  }
}
