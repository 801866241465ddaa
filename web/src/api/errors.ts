/**
 * Owns how a failed request looks to the rest of the client: a code to branch on and words to show.
 */
import type { ErrorCode, ErrorEnvelope } from "@protocol";
import { sentence } from "../sentence";
import { words } from "../words";

export class ApiError extends Error {
  constructor(
    /** The server's code, or `unreachable` when there was no answer to read. */
    readonly code: ErrorCode | "unreachable",
    message: string,
    /** Whether the same request may succeed later. */
    readonly retryable: boolean,
    /** HTTP status; 0 when there was none. */
    readonly status: number,
  ) {
    super(message);
  }
}

export function unreachable(): ApiError {
  return new ApiError("unreachable", words.state.unreachable, true, 0);
}

/** Reads a response that is not a success; a proxy's page of HTML is as good as a bare status. */
export async function errorOf(response: Response): Promise<ApiError> {
  const { status } = response;
  // A fault of the server's may pass whatever its envelope says: whoever waits for it may ask again.
  const mayPass = status >= 500 || status === 429;
  try {
    const { error } = (await response.json()) as ErrorEnvelope;
    if (typeof error.code === "string" && typeof error.message === "string") {
      return new ApiError(error.code, sentence(error.message), error.retryable === true || mayPass, status);
    }
  } catch {
    // Falls through: the status says what there is to say.
  }
  return new ApiError("internal", words.state.status(status), mayPass, status);
}

export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError("internal", String(error), false, 0);
}
