/** Owns access to the golden messages of the contract and small builders for what tests vary. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ClientMessage, Question, ServerMessage } from "@protocol";

const ROOT = new URL("../../protocol/examples/", import.meta.url);

function all<T>(side: string): [string, T][] {
  const folder = fileURLToPath(new URL(`${side}/`, ROOT));
  return readdirSync(folder)
    .sort()
    .map((name) => [name.replace(".json", ""), JSON.parse(readFileSync(folder + name, "utf8")) as T]);
}

export const serverExamples = all<ServerMessage>("server");
export const clientExamples = all<ClientMessage>("client");

type OfType<T extends ServerMessage["type"]> = Extract<ServerMessage, { type: T }>;

/** The golden message of that type, changed where a test says so. */
export function golden<T extends ServerMessage["type"]>(type: T, change: Partial<OfType<T>> = {}): OfType<T> {
  const found = serverExamples.find(([, message]) => message.type === type);
  if (found === undefined) throw new Error(`no golden message of type ${type}`);
  return { ...(found[1] as OfType<T>), ...change };
}

export function question(position: number): Question {
  const base = golden("started").next;
  return { ...base, position, item_id: `item-${position}` };
}

/** The session as it stands at question `position`, `offset` events in. */
export function stateAt(position: number): OfType<"state"> {
  const progress = { answered: position - 1, correct: 0, length: 20 };
  return golden("state", { offset: position, progress, question: question(position) });
}

/** The reply to the answer of question `position`. */
export function answeredAt(position: number, requestId: string): OfType<"answered"> {
  return golden("answered", {
    offset: position + 1,
    prev: position,
    request_id: requestId,
    position,
    progress: { answered: position, correct: 0, length: 20 },
    next: question(position + 1),
  });
}
