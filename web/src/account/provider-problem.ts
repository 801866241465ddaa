/**
 * Owns what somebody is told who came back from a provider without being signed in.
 */
import { words } from "../words";

/** In words, by the query of the page they came back to; empty when nothing went wrong, or nothing that we know. */
export function providerProblem(search: string): string {
  const problem = new URLSearchParams(search).get("problem") ?? "";
  const { problem: known } = words.providers;
  // Own keys only: an address may have any text.
  return Object.hasOwn(known, problem) ? known[problem as keyof typeof known] : "";
}
