import { readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { ICONS, png, rows } from "../icons/draw";

const manifest = JSON.parse(
  readFileSync(new URL("../public/manifest.webmanifest", import.meta.url), "utf8"),
) as { icons: { src: string; sizes: string; purpose: string }[] };
const page = readFileSync(new URL("../index.html", import.meta.url), "utf8");

test("every icon the manifest or the page names is drawn, in the size it says, and every drawn one is named", () => {
  const named = manifest.icons.filter(({ src }) => src.endsWith(".png"));
  for (const { src, sizes, purpose } of named) {
    const icon = ICONS.find(({ file }) => src === `/icons/${file}`);
    expect(icon, src).toBeDefined();
    expect(sizes).toBe(`${icon?.size}x${icon?.size}`);
    expect(icon?.full, `${src}: a maskable one has no corners of its own`).toBe(purpose === "maskable");
  }
  const touch = "/icons/touch-180.png";
  expect(page).toContain(touch);
  expect([...named.map(({ src }) => src), touch].sort()).toEqual(
    ICONS.map(({ file }) => `/icons/${file}`).sort(),
  );
});

test("an icon is a whole picture with corners, ground and letter where they belong", () => {
  const icon = { file: "test.png", size: 64, full: false, scale: 1 };
  const file = png(icon);
  expect(file.subarray(1, 4).toString("latin1")).toBe("PNG");
  expect([file.readUInt32BE(16), file.readUInt32BE(20)]).toEqual([64, 64]);
  const length = file.readUInt32BE(33);
  const raw = inflateSync(file.subarray(41, 41 + length));
  expect(raw.equals(rows(icon))).toBe(true);
  const pixel = (x: number, y: number) => [...raw.subarray(y * 257 + 1 + 4 * x, y * 257 + 5 + 4 * x)];
  expect(pixel(0, 0)[3], "corner").toBe(0);
  expect(pixel(40, 20), "ground").toEqual([0x2f, 0x4b, 0x8f, 255]);
  expect(pixel(20, 30), "letter").toEqual([255, 255, 255, 255]);
});

test("icons are small", () => {
  for (const icon of ICONS) expect(png(icon).length, icon.file).toBeLessThan(12_000);
});
