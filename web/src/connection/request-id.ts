/**
 * Owns the names this client gives its messages. `crypto.randomUUID` is absent on plain http from another machine,
 * which is how a laptop serves a classroom; random bytes are there always.
 */

/** 128 random bits in hexadecimal: 32 bytes of the 64 the contract allows. */
export function requestId(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
