/**
 * Owns one request and its answer: the server's origin, the deadline, and that no answer is an error with words.
 */
import { unreachable } from "./errors";

/** A request without an answer for this long counts as unreachable, milliseconds. */
export const REQUEST_WITHIN_MS = 10_000;

export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Ask {
  readonly method: string;
  readonly path: string;
  /** Bearer token. */
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** Ends it, in the place of the deadline: for what takes as long as it takes. */
  readonly signal?: AbortSignal;
}

export class Exchange {
  constructor(
    readonly origin: string,
    private readonly fetch: Fetch,
  ) {}

  async ask({ method, path, token, body, headers: more, signal }: Ask): Promise<Response> {
    const headers: Record<string, string> = { ...more };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    if (body !== undefined) headers["content-type"] = "application/json";
    try {
      return await this.fetch(this.origin + path, {
        method,
        headers,
        // The refresh cookie goes to the page's own origin alone; a page elsewhere signs in without one.
        credentials: "same-origin",
        signal: signal ?? AbortSignal.timeout(REQUEST_WITHIN_MS),
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
    } catch {
      throw unreachable();
    }
  }
}
