import { expect, test } from "vitest";
import { closeWords, shouldReconnect } from "../src/connection/close";

test.each([1001, 1006, 1011, 1012, 1013, 4000, 4001, 4002, 4008, 4010, 4012, 4029, 4030, 4499])(
  "a page comes back after close code %i",
  (code) => expect(shouldReconnect(code)).toBe(true),
);

test.each([1000, 1002, 1003, 1007, 1008, 1009, 4500, 4501, 4502, 4503, 4504, 4505, 4999])(
  "a page does not come back after close code %i, and says why",
  (code) => {
    expect(shouldReconnect(code)).toBe(false);
    expect(closeWords(code)).toMatch(/\.$/);
  },
);
