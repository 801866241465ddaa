/**
 * Owns being signed in: the access token, in this page's memory alone; renewing it, one tab at a time; and that every
 * tab hears of signing in and out. Knows no page.
 */
import type { AccountView, SignedIn } from "@protocol";
import { Store } from "../store";
import type { AuthChannel } from "./auth-channel";
import { errorOf } from "./errors";
import type { Exchange } from "./exchange";

/** How long an access token is used, milliseconds: a minute less than it lives, counted by this device from its arrival. */
export const ACCESS_TOKEN_USED_MS = 14 * 60_000;

/** That this browser has a refresh cookie; the cookie itself cannot be seen. No secret. */
const EXPECTED_KEY = "learnr.signed-in";

/** What a form on another site cannot send, with what the cookie alone would allow. */
const MARK = { "X-LearnR-Request": "1" } as const;

export type Who =
  | { readonly kind: "guest" }
  /** Signed in when this browser was last used; the server has not been asked yet. */
  | { readonly kind: "unknown" }
  | { readonly kind: "account"; readonly account: AccountView };

export interface AuthPorts {
  readonly storage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
  readonly channel: AuthChannel;
  /** Whether the refresh cookie reaches the server: only on the page's own origin. */
  readonly cookies: boolean;
  /** Runs `work` while no other tab of this browser runs it. */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
  now(): number;
  /** The sign-in ended without being asked to: on another device, or by its age. */
  onEnded(): void;
}

export class Auth {
  readonly who: Store<Who>;
  /** Counts changes of who is here: what was loaded for somebody else is loaded anew. */
  readonly generation = new Store(0);
  private held: { readonly token: string; readonly until: number } | undefined;
  private renewing: Promise<string | undefined> | undefined;

  constructor(
    private readonly exchange: Exchange,
    private readonly ports: AuthPorts,
  ) {
    this.who = new Store<Who>({ kind: this.expected() ? "unknown" : "guest" });
    ports.channel.hear((event) => {
      // Another tab's token may be another account's.
      this.held = undefined;
      this.change({ kind: event === "in" ? "unknown" : "guest" });
    });
  }

  /** The access token; undefined for guests. */
  async token(): Promise<string | undefined> {
    if (this.held !== undefined && this.held.until > this.ports.now()) return this.held.token;
    if (this.isGuest()) return undefined;
    const token = await this.renew(this.held?.token);
    // Somebody signed in in another tab meanwhile: the same question once more, about them.
    return token === undefined && !this.isGuest() ? this.renew(undefined) : token;
  }

  private isGuest(): boolean {
    return this.who.value.kind === "guest";
  }

  /** Another token in the place of `refused`; undefined when the sign-in is over. */
  renew(refused: string | undefined): Promise<string | undefined> {
    const current = this.held?.token;
    if (current !== undefined && current !== refused) return Promise.resolve(current);
    this.renewing ??= this.ports
      .exclusively(() => this.refresh())
      .finally(() => {
        this.renewing = undefined;
      });
    return this.renewing;
  }

  /** What sets the cookie is done one at a time over all tabs: the last answer must be the last request's. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.ports.exclusively(work);
  }

  /** Takes what a route that signs in answered. */
  accept(signedIn: SignedIn): void {
    this.expect();
    this.hold(signedIn);
    this.change({ kind: "account", account: signedIn.account });
    this.ports.channel.tell("in");
  }

  /** The account has changed, and is the same. */
  update(account: AccountView): void {
    this.who.set({ kind: "account", account });
  }

  /** A sign-in at a provider comes back with a cookie and no word: the next page is to look for it. */
  expect(): void {
    if (!this.ports.cookies) return;
    try {
      this.ports.storage.setItem(EXPECTED_KEY, "1");
    } catch {
      // Storage is full or forbidden: signed in for as long as this page lives.
    }
  }

  async signOut(): Promise<void> {
    const ask = { method: "POST", path: "/v1/auth/sign-out", headers: MARK };
    const response = await this.alone(() => this.exchange.ask(ask));
    // Refused: there was nothing to sign out of any more.
    if (!response.ok && response.status !== 401) throw await errorOf(response);
    this.leave();
  }

  /** Nobody is signed in any more, and no tab goes on as if. */
  leave(): void {
    this.forget();
    this.change({ kind: "guest" });
    this.ports.channel.tell("out");
  }

  private async refresh(): Promise<string | undefined> {
    const { value: generation } = this.generation;
    const response = this.ports.cookies
      ? await this.exchange.ask({ method: "POST", path: "/v1/auth/refresh", headers: MARK })
      : undefined;
    // Signed in or out while the answer was on its way: it is about somebody who is not here any more.
    if (generation !== this.generation.value) return this.held?.token;
    if (response === undefined || response.status === 401) {
      const known = this.who.value.kind === "account";
      this.forget();
      if (known) this.ports.onEnded();
      this.change({ kind: "guest" });
      return undefined;
    }
    if (!response.ok) throw await errorOf(response);
    const signedIn = (await response.json()) as SignedIn;
    this.hold(signedIn);
    this.who.set({ kind: "account", account: signedIn.account });
    return signedIn.token;
  }

  private hold({ token }: SignedIn): void {
    this.held = { token, until: this.ports.now() + ACCESS_TOKEN_USED_MS };
  }

  private forget(): void {
    this.held = undefined;
    this.ports.storage.removeItem(EXPECTED_KEY);
  }

  private change(who: Who): void {
    this.who.set(who);
    this.generation.set(this.generation.value + 1);
  }

  private expected(): boolean {
    return this.ports.cookies && this.ports.storage.getItem(EXPECTED_KEY) !== null;
  }
}
