/**
 * Owns the REST routes of sessions, and whose token a request carries. Knows no page.
 */
import type {
  CertificationInfo,
  CertificationList,
  ClientConfig,
  CreateSession,
  GuestCreated,
  OpenSessions,
  SessionInfo,
  SessionSummary,
  SessionTicket,
  SessionView,
} from "@protocol";
import { words } from "../words";
import type { Auth } from "./auth";
import { ApiError, errorOf, unreachable } from "./errors";
import { type Exchange, type Fetch, REQUEST_WITHIN_MS } from "./exchange";
import type { TokenStore } from "./guest";

/** Routes for everybody. */
const PUBLIC = new Set(["/v1/certifications"]);
/** What somebody can begin with who has done nothing yet, and becomes a guest by. Looking around makes none. */
const MAKES_A_GUEST = new Set(["POST /v1/sessions", "PUT /v1/learners/me/preferences"]);

export interface ApiPorts {
  exchange: Exchange;
  auth: Auth;
  tokens: TokenStore;
  /** The guest's token was refused for good: what belongs to it is out of reach, and the learner is told. */
  onGuestLost(): void;
}

export class Api {
  /** Tickets that came with a new session, until its page connects with them. */
  private readonly fresh = new Map<string, SessionTicket>();
  /** Questions and areas of a certification do not change while the page is open. */
  private known: Promise<CertificationInfo[]> | undefined;

  constructor(private readonly ports: ApiPorts) {}

  get auth(): Auth {
    return this.ports.auth;
  }

  /** Somebody without an account who has done something here already. */
  isGuest(): boolean {
    return this.auth.who.value.kind === "guest" && this.ports.tokens.read() !== undefined;
  }

  certifications(): Promise<CertificationInfo[]> {
    this.known ??= this.request<CertificationList>("GET", "/v1/certifications").then(
      (list) => list.certifications,
      (error: unknown) => {
        this.known = undefined;
        throw error;
      },
    );
    return this.known;
  }

  /** Whether anything can be known of whoever is here: without a token nothing is, and no guest is made to find out. */
  async isKnown(): Promise<boolean> {
    return (await this.auth.token()) !== undefined || this.ports.tokens.read() !== undefined;
  }

  async openSessions(): Promise<SessionInfo[]> {
    if (!(await this.isKnown())) return [];
    return (await this.request<OpenSessions>("GET", "/v1/sessions?status=open")).sessions;
  }

  async createSession(body: CreateSession): Promise<SessionTicket> {
    const ticket = await this.request<SessionTicket>("POST", "/v1/sessions", body);
    this.fresh.set(ticket.session_id, ticket);
    return ticket;
  }

  /** A ticket to say `hello` with: the one that came with the session the first time, a new one after that. */
  async ticket(session: string): Promise<SessionTicket> {
    const fresh = this.fresh.get(session);
    this.fresh.delete(session);
    return fresh ?? this.request("POST", `/v1/sessions/${encodeURIComponent(session)}/tickets`);
  }

  session(id: string): Promise<SessionView> {
    return this.request("GET", `/v1/sessions/${encodeURIComponent(id)}`);
  }

  summary(id: string): Promise<SessionSummary> {
    return this.request("GET", `/v1/sessions/${encodeURIComponent(id)}/summary`);
  }

  /** The address of a session's socket. */
  socketUrl(path: string, page: string): string {
    const { origin } = this.ports.exchange;
    const url = new URL(path, origin === "" ? page : origin);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return url.href;
  }

  /** The answer of any route, asked as whoever is here. */
  async request<T>(method: string, path: string, body?: unknown): Promise<T> {
    return (await (await this.answer(method, path, body)).json()) as T;
  }

  /** For routes that answer nothing. */
  async command(method: string, path: string, body?: unknown): Promise<void> {
    await this.answer(method, path, body);
  }

  /** For routes that answer a file. */
  async file(path: string): Promise<Blob> {
    return (await this.answer("GET", path)).blob();
  }

  /** What is read as it comes, by whoever is signed in; `signal` ends it. */
  async open(path: string, signal: AbortSignal): Promise<Response> {
    const ask = (token: string | undefined) =>
      this.ports.exchange.ask({ method: "GET", path, token, signal });
    const access = await this.auth.token();
    let response = await ask(access);
    if (response.status === 401 && access !== undefined) response = await ask(await this.auth.renew(access));
    if (!response.ok) throw await errorOf(response);
    return response;
  }

  /** What the server says of itself to anyone: its answer as it is, whatever its status. */
  look(path: string): Promise<Response> {
    return this.ports.exchange.ask({ method: "GET", path });
  }

  /** Signing in and what leads to it: asked with the guest's token where there is one to keep, and never twice. */
  async unsigned(path: string, body: unknown, asGuest = false): Promise<Response> {
    const token = asGuest && this.auth.who.value.kind === "guest" ? this.ports.tokens.read() : undefined;
    return this.once(path, body, token);
  }

  /** The token of whoever is here, account or guest; undefined where nobody has done anything yet. */
  async bearer(): Promise<string | undefined> {
    return (await this.auth.token()) ?? this.ports.tokens.read();
  }

  /** Asked with this token, and never twice. */
  async once(path: string, body: unknown, token: string | undefined): Promise<Response> {
    const response = await this.ports.exchange.ask({ method: "POST", path, token, body });
    if (!response.ok) throw await errorOf(response);
    return response;
  }

  /** What everybody may read, asked as nobody. */
  async unsignedGet<T>(path: string): Promise<T> {
    const response = await this.ports.exchange.ask({ method: "GET", path });
    if (!response.ok) throw await errorOf(response);
    return (await response.json()) as T;
  }

  /** The guest with this token has an account: nobody is that guest any more. */
  becameAccount(guest: string | undefined): void {
    if (this.ports.tokens.read() === guest) this.ports.tokens.forget();
  }

  private async answer(method: string, path: string, body?: unknown): Promise<Response> {
    const { who, generation } = this.auth;
    const [was, asked] = [who.value.kind, generation.value];
    const access = await this.auth.token();
    // Whoever was signed in asked as their account: nothing of it is done as a guest, or as who has signed in meanwhile.
    const another = was !== "guest" && asked !== generation.value;
    if (another && (access === undefined || method !== "GET") && !PUBLIC.has(path))
      throw new ApiError("unauthorized", words.guest.ended, false, 401);
    const response =
      access === undefined
        ? await this.askAsGuest(method, path, body)
        : await this.askAs(access, method, path, body);
    if (!response.ok) throw await errorOf(response);
    return response;
  }

  /** A refused access token is renewed once. Whoever is signed out is not turned into a guest in the middle of a request. */
  private async askAs(access: string, method: string, path: string, body: unknown): Promise<Response> {
    const { exchange, auth } = this.ports;
    const asked = auth.generation.value;
    const response = await exchange.ask({ method, path, token: access, body });
    if (response.status !== 401) return response;
    const renewed = await auth.renew(access);
    const another = method !== "GET" && asked !== auth.generation.value;
    return renewed === undefined || another ? response : exchange.ask({ method, path, token: renewed, body });
  }

  private async askAsGuest(method: string, path: string, body: unknown): Promise<Response> {
    const { exchange, tokens } = this.ports;
    const ask = (bearer: string | undefined) => exchange.ask({ method, path, token: bearer, body });
    if (PUBLIC.has(path)) return ask(undefined);
    const makes = MAKES_A_GUEST.has(`${method} ${path}`);
    const token = tokens.read() ?? (makes ? await this.newGuest(undefined) : undefined);
    if (token === undefined) throw new ApiError("not_found", words.guest.nobody, false, 404);
    const response = await ask(token);
    if (response.status !== 401) return response;
    // Once: a token made a moment ago that is refused too is the server's trouble, not the token's.
    const another = makes ? await this.newGuest(token) : this.withoutGuest(token);
    return another === undefined ? response : ask(another);
  }

  /** Forgets the refused token, unless another tab has replaced it already: then by which one. */
  private withoutGuest(refused: string): string | undefined {
    const { tokens, onGuestLost } = this.ports;
    const current = tokens.read();
    if (current !== refused) return current;
    tokens.forget();
    onGuestLost();
    this.auth.guestLost();
    return undefined;
  }

  /** Makes a guest, unless another tab has replaced the refused token already. */
  private newGuest(refused: string | undefined): Promise<string> {
    return this.ports.tokens.exclusively(async () => {
      const current = this.ports.tokens.read();
      if (current !== undefined && current !== refused) return current;
      const response = await this.ports.exchange.ask({ method: "POST", path: "/v1/guests" });
      if (!response.ok) throw await errorOf(response);
      const { token } = (await response.json()) as GuestCreated;
      this.ports.tokens.write(token);
      if (refused !== undefined) this.ports.onGuestLost();
      return token;
    });
  }
}

/** Where the server is, as the page's own origin says. */
export async function readConfig(get: Fetch): Promise<ClientConfig> {
  let response: Response;
  try {
    response = await get("/config.json", { signal: AbortSignal.timeout(REQUEST_WITHIN_MS) });
  } catch {
    throw unreachable();
  }
  if (!response.ok) throw await errorOf(response);
  return (await response.json()) as ClientConfig;
}
