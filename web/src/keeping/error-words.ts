/**
 * Owns what is said when a question cannot be marked or reported.
 */
import type { ApiError } from "../api/errors";
import { words } from "../words";

export function keepingErrorWords({ code, message }: ApiError): string {
  return code === "not_found" ? words.keeping.gone : message;
}
