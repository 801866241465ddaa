import { encode } from "@msgpack/msgpack";
import { expect, test } from "vitest";
import { type Codec, jsonCodec, msgpackCodec } from "../src/connection/codec";
import { clientExamples, serverExamples } from "./examples";

function frameOf(codec: Codec, message: unknown): string | ArrayBuffer {
  return codec === jsonCodec ? JSON.stringify(message) : encode(message).slice().buffer;
}

test.each(serverExamples)("the golden %s decodes to itself in both encodings", (_, message) => {
  for (const codec of [msgpackCodec, jsonCodec]) {
    expect(codec.decode(frameOf(codec, message))).toEqual(message);
  }
});

test.each(clientExamples)("the golden %s survives being encoded in both encodings", (_, message) => {
  for (const codec of [msgpackCodec, jsonCodec]) {
    const frame = codec.encode(message);
    const back = codec.decode(typeof frame === "string" ? frame : frame.slice().buffer);
    expect(back).toEqual(message);
  }
});

test("what is not a message with a type throws instead of reaching the state", () => {
  expect(() => msgpackCodec.decode(encode([1, 2]).slice().buffer)).toThrow();
  expect(() => msgpackCodec.decode(new Uint8Array([0xc1]).buffer)).toThrow();
  expect(() => msgpackCodec.decode("{}")).toThrow();
  expect(() => jsonCodec.decode("{}")).toThrow();
  expect(() => jsonCodec.decode("nonsense")).toThrow();
});
