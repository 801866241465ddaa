/**
 * Owns how a failed request looks to the rest of the client: a code to branch on and words to show.
 */
import type { ErrorCode, ErrorEnvelope } from "@protocol";

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
  return new ApiError(
    "unreachable",
    "The server cannot be reached. Check your connection and try again.",
    true,
    0,
  );
}

/** Reads a response that is not a success; a proxy's page of HTML is as good as a bare status. */
export async function errorOf(response: Response): Promise<ApiError> {
  try {
    const { error } = (await response.json()) as ErrorEnvelope;
    if (typeof error.code === "string" && typeof error.message === "string") {
      return new ApiError(error.code, error.message, error.retryable === true, response.status);
    }
  } catch {
    // Falls through: the status says what there is to say.
  }
  const retryable = response.status >= 500 || response.status === 429;
  return new ApiError(
    "internal",
    `The server answered with status ${response.status}.`,
    retryable,
    response.status,
  );
}

export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError("internal", String(error), false, 0);
}
