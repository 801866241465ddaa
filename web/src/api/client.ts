/**
 * Owns the REST routes this client uses. Knows the guest's token and the server's origin, and no page.
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
import { errorOf, unreachable } from "./errors";
import type { TokenStore } from "./guest";

/** A request without an answer for this long counts as unreachable, milliseconds. */
const REQUEST_WITHIN_MS = 10_000;

/** Routes for everybody: looking around makes no guest. */
const PUBLIC = new Set(["/v1/certifications"]);

export interface ApiPorts {
  fetch(url: string, init: RequestInit): Promise<Response>;
  tokens: TokenStore;
  /** The old guest was refused and a new one made: earlier sessions are out of reach, and the learner is told. */
  onGuestReplaced(): void;
}

export class Api {
  /** Tickets that came with a new session, until its page connects with them. */
  private readonly fresh = new Map<string, SessionTicket>();
  /** Questions and areas of a certification do not change while the page is open. */
  private known: Promise<CertificationInfo[]> | undefined;

  constructor(
    private readonly origin: string,
    private readonly ports: ApiPorts,
  ) {}

  certifications(): Promise<CertificationInfo[]> {
    this.known ??= this.send<CertificationList>("GET", "/v1/certifications").then(
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
    if (this.ports.tokens.read() === undefined) return [];
    return (await this.send<OpenSessions>("GET", "/v1/sessions?status=open")).sessions;
  }

  async createSession(body: CreateSession): Promise<SessionTicket> {
    const ticket = await this.send<SessionTicket>("POST", "/v1/sessions", body);
    this.fresh.set(ticket.session_id, ticket);
    return ticket;
  }

  /** A ticket to say `hello` with: the one that came with the session the first time, a new one after that. */
  async ticket(session: string): Promise<SessionTicket> {
    const fresh = this.fresh.get(session);
    this.fresh.delete(session);
    return fresh ?? this.send("POST", `/v1/sessions/${encodeURIComponent(session)}/tickets`);
  }

  session(id: string): Promise<SessionView> {
    return this.send("GET", `/v1/sessions/${encodeURIComponent(id)}`);
  }

  summary(id: string): Promise<SessionSummary> {
    return this.send("GET", `/v1/sessions/${encodeURIComponent(id)}/summary`);
  }

  /** The address of a session's socket. */
  socketUrl(path: string, page: string): string {
    const url = new URL(path, this.origin === "" ? page : this.origin);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    return url.href;
  }

  private async send<T>(method: string, path: string, body?: unknown): Promise<T> {
    const token = this.ports.tokens.read() ?? (PUBLIC.has(path) ? undefined : await this.newGuest(undefined));
    let response = await this.exchange(method, path, token, body);
    if (response.status === 401) {
      // Once: a token made a moment ago that is refused too is the server's trouble, not the token's.
      response = await this.exchange(method, path, await this.newGuest(token), body);
    }
    if (!response.ok) throw await errorOf(response);
    return (await response.json()) as T;
  }

  /** Makes a guest, unless another tab has replaced the refused token already. */
  private newGuest(refused: string | undefined): Promise<string> {
    return this.ports.tokens.exclusively(async () => {
      const current = this.ports.tokens.read();
      if (current !== undefined && current !== refused) return current;
      const response = await this.exchange("POST", "/v1/guests");
      if (!response.ok) throw await errorOf(response);
      const { token } = (await response.json()) as GuestCreated;
      this.ports.tokens.write(token);
      if (refused !== undefined) this.ports.onGuestReplaced();
      return token;
    });
  }

  private async exchange(method: string, path: string, token?: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = {};
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (body !== undefined) headers["content-type"] = "application/json";
    try {
      return await this.ports.fetch(this.origin + path, {
        method,
        headers,
        signal: AbortSignal.timeout(REQUEST_WITHIN_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch {
      throw unreachable();
    }
  }
}

/** Where the server is, as the page's own origin says. */
export async function readConfig(get: ApiPorts["fetch"]): Promise<ClientConfig> {
  let response: Response;
  try {
    response = await get("/config.json", { signal: AbortSignal.timeout(REQUEST_WITHIN_MS) });
  } catch {
    throw unreachable();
  }
  if (!response.ok) throw await errorOf(response);
  return (await response.json()) as ClientConfig;
}
