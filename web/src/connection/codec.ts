/**
 * Owns the two encodings of the wire contract. Knows no message by name.
 */

import { encode as pack, decode as unpack } from "@msgpack/msgpack";
import type { ClientMessage, ServerMessage } from "@protocol";

export const MSGPACK = "learnr.v1.msgpack";
export const JSON_TEXT = "learnr.v1.json";

export interface Codec {
  readonly subprotocol: string;
  encode(message: ClientMessage): string | Uint8Array<ArrayBuffer>;
  /** Throws when the bytes are not a message with a `type`. */
  decode(frame: string | ArrayBuffer): ServerMessage;
}

function checked(value: unknown): ServerMessage {
  if (typeof value === "object" && value !== null && "type" in value && typeof value.type === "string") {
    return value as ServerMessage;
  }
  throw new Error("a frame is not a message with a type");
}

export const msgpackCodec: Codec = {
  subprotocol: MSGPACK,
  encode: (message) => pack(message),
  decode(frame) {
    if (typeof frame === "string") throw new Error("a text frame on the binary protocol");
    return checked(unpack(new Uint8Array(frame)));
  },
};

export const jsonCodec: Codec = {
  subprotocol: JSON_TEXT,
  encode: (message) => JSON.stringify(message),
  decode(frame) {
    if (typeof frame !== "string") throw new Error("a binary frame on the text protocol");
    return checked(JSON.parse(frame));
  },
};
