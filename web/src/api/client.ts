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
import type { Auth } from "./auth";
import { errorOf, unreachable } from "./errors";
import { type Exchange, type Fetch, REQUEST_WITHIN_MS } from "./exchange";
import type { TokenStore } from "./guest";

/** Routes for everybody: looking around makes no guest. */
const PUBLIC = new Set(["/v1/certifications"]);

export interface ApiPorts {
  exchange: Exchange;
  auth: Auth;
  tokens: TokenStore;
  /** The old guest was refused and a new one made: earlier sessions are out of reach, and the learner is told. */
  onGuestReplaced(): void;
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

  /** Without a token there are no sessions, and no guest is made to find out. */
  async openSessions(): Promise<SessionInfo[]> {
    if ((await this.auth.token()) === undefined && this.ports.tokens.read() === undefined) return [];
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

  private async answer(method: string, path: string, body?: unknown): Promise<Response> {
    const access = await this.auth.token();
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
    const response = await exchange.ask({ method, path, token: access, body });
    if (response.status !== 401) return response;
    const renewed = await auth.renew(access);
    return renewed === undefined ? response : exchange.ask({ method, path, token: renewed, body });
  }

  private async askAsGuest(method: string, path: string, body: unknown): Promise<Response> {
    const { exchange, tokens } = this.ports;
    const token = tokens.read() ?? (PUBLIC.has(path) ? undefined : await this.newGuest(undefined));
    const response = await exchange.ask({ method, path, token, body });
    if (response.status !== 401) return response;
    // Once: a token made a moment ago that is refused too is the server's trouble, not the token's.
    return exchange.ask({ method, path, token: await this.newGuest(token), body });
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
      if (refused !== undefined) this.ports.onGuestReplaced();
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
