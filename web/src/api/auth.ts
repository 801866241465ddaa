/**
 * Owns being signed in: the access token, in this page's memory alone; renewing it, one tab at a time; and that every
 * tab hears of signing in and out. Knows no page.
 */
import type { AccountView, SignedIn, SignInList } from "@protocol";
import { Store } from "../store";
import type { AuthChannel } from "./auth-channel";
import { errorOf } from "./errors";
import type { Exchange } from "./exchange";

/** How long an access token is used, milliseconds: a minute less than it lives, counted by this device from its arrival. */
export const ACCESS_TOKEN_USED_MS = 14 * 60_000;

/** How long somebody may take who went to sign in at a provider, milliseconds: as long as the server waits for them. */
export const PROVIDER_WITHIN_MS = 10 * 60_000;

/** That this browser has a refresh cookie; the cookie itself cannot be seen. No secret. */
const EXPECTED_KEY = "learnr.signed-in";
const HAS_COOKIE = "1";
/** With when they left: somebody is at a provider and may come back with a cookie. */
const AT_PROVIDER = "provider.";

const SIGN_INS = "/v1/account/sign-ins";

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
  /** The time of day, milliseconds: dates what other pages read. */
  date(): number;
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
    this.expect(HAS_COOKIE);
    this.hold(signedIn);
    this.change({ kind: "account", account: signedIn.account });
    this.ports.channel.tell("in");
  }

  /** The account has changed, and is the same. */
  update(account: AccountView): void {
    this.who.set({ kind: "account", account });
  }

  /** Whether a sign-in can come back with a cookie. */
  get hasCookies(): boolean {
    return this.ports.cookies;
  }

  /** A sign-in at a provider comes back with a cookie and no word: until then every page that is loaded looks for it. */
  expectFromProvider(): void {
    this.expect(AT_PROVIDER + this.ports.date());
  }

  /** They came back from the provider, and are not signed in. */
  expectNobody(): void {
    if (this.isAtProvider()) this.ports.storage.removeItem(EXPECTED_KEY);
  }

  /** A guest's token is worth nothing any more: their pages begin anew, as nobody's. */
  guestLost(): void {
    if (this.isGuest()) this.change({ kind: "guest" });
  }

  async signOut(): Promise<void> {
    await (this.ports.cookies ? this.endByCookie() : this.endByToken());
    this.leave();
  }

  /** Nobody is signed in any more, and no tab goes on as if. */
  leave(): void {
    this.forget();
    this.change({ kind: "guest" });
    this.ports.channel.tell("out");
  }

  private async endByCookie(): Promise<void> {
    const ask = { method: "POST", path: "/v1/auth/sign-out", headers: MARK };
    await stood(await this.alone(() => this.exchange.ask(ask)));
  }

  /** Where no cookie reaches the server, the access token says which device this is; its sign-in ends as any other's. */
  private async endByToken(): Promise<void> {
    const token = this.held?.token;
    if (token === undefined) return;
    const listed = await this.exchange.ask({ method: "GET", path: SIGN_INS, token });
    if (!(await stood(listed))) return;
    const own = ((await listed.json()) as SignInList).sign_ins.find(({ current }) => current);
    if (own === undefined) return;
    const path = `${SIGN_INS}/${encodeURIComponent(own.id)}`;
    await stood(await this.exchange.ask({ method: "DELETE", path, token }));
  }

  private async refresh(): Promise<string | undefined> {
    const { value: generation } = this.generation;
    const coming = this.isAtProvider();
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
    this.renewed(signedIn, coming);
    return signedIn.token;
  }

  /** `came`: from a provider. That was told to nobody, and the cookie of every tab is now theirs. */
  private renewed(signedIn: SignedIn, came: boolean): void {
    const { value: before } = this.who;
    const { account } = signedIn;
    this.hold(signedIn);
    if (before.kind === "account" && before.account.learner !== account.learner)
      this.change({ kind: "account", account });
    else this.who.set({ kind: "account", account });
    if (!came) return;
    this.expect(HAS_COOKIE);
    this.ports.channel.tell("in");
  }

  private expect(what: string): void {
    if (!this.ports.cookies) return;
    try {
      this.ports.storage.setItem(EXPECTED_KEY, what);
    } catch {
      // Storage is full or forbidden: signed in for as long as this page lives.
    }
  }

  private hold({ token }: SignedIn): void {
    this.held = { token, until: this.ports.now() + ACCESS_TOKEN_USED_MS };
  }

  private forget(): void {
    this.held = undefined;
    // Who is at a provider has no cookie yet, and another tab that finds none says nothing of them.
    if (!this.isAtProvider()) this.ports.storage.removeItem(EXPECTED_KEY);
  }

  private change(who: Who): void {
    this.who.set(who);
    this.generation.set(this.generation.value + 1);
  }

  private expected(): boolean {
    const kept = this.ports.storage.getItem(EXPECTED_KEY);
    if (!this.ports.cookies || kept === null) return false;
    return !kept.startsWith(AT_PROVIDER) || this.isAtProvider();
  }

  private isAtProvider(): boolean {
    const kept = this.ports.storage.getItem(EXPECTED_KEY);
    if (kept === null || !kept.startsWith(AT_PROVIDER)) return false;
    return this.ports.date() - Number(kept.slice(AT_PROVIDER.length)) < PROVIDER_WITHIN_MS;
  }
}

/** False when there was nothing to sign out of any more; any other refusal is an error. */
async function stood(response: Response): Promise<boolean> {
  if (!response.ok && response.status !== 401) throw await errorOf(response);
  return response.ok;
}
