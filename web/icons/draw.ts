/**
 * Owns how LearnR's icon looks, at any size: drawn from its measures, without a program for pictures. Knows no file.
 *
 * The same measures are in `public/icon.svg`, on a board of 32 by 32.
 */
import { crc32, deflateSync } from "node:zlib";

const BOARD = 32;
const CORNER = 7;
const GROUND = [0x2f, 0x4b, 0x8f] as const;
/** The strokes of the L, from middle to middle, and half their width. */
const STROKES = [
  [10, 7, 10, 25],
  [10, 25, 22, 25],
] as const;
const HALF_STROKE = 2;
/** Each pixel is looked at this many times along each side. */
const SAMPLES = 4;
/** A launcher may cut a maskable icon to a circle of four fifths: the letter is this much smaller, the ground has no corner. */
const MASKABLE_SCALE = 0.72;

export interface Icon {
  readonly file: string;
  readonly size: number;
  /** The ground fills the square. */
  readonly full: boolean;
  /** Of the letter, around the middle. */
  readonly scale: number;
}

/** Every picture that the manifest and the page name. */
export const ICONS: readonly Icon[] = [
  { file: "icon-192.png", size: 192, full: false, scale: 1 },
  { file: "icon-512.png", size: 512, full: false, scale: 1 },
  { file: "maskable-512.png", size: 512, full: true, scale: MASKABLE_SCALE },
  // Apple cuts the corners itself and paints what is see-through black.
  { file: "touch-180.png", size: 180, full: true, scale: 1 },
];

/** The rows of a picture as PNG has them before compression: a filter byte, then red, green, blue and alpha. */
export function rows({ size, full, scale }: Icon): Uint8Array {
  const bytes = new Uint8Array(size * (1 + 4 * size));
  const step = BOARD / size;
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      bytes.set(pixel(x * step, y * step, step, full, scale), y * (1 + 4 * size) + 1 + 4 * x);
    }
  }
  return bytes;
}

function pixel(left: number, top: number, step: number, full: boolean, scale: number): number[] {
  let [ground, letter] = [0, 0];
  for (let i = 0; i < SAMPLES * SAMPLES; i += 1) {
    const x = left + (((i % SAMPLES) + 0.5) / SAMPLES) * step;
    const y = top + ((Math.floor(i / SAMPLES) + 0.5) / SAMPLES) * step;
    if (!full && !onGround(x, y)) continue;
    ground += 1;
    if (onLetter(BOARD / 2 + (x - BOARD / 2) / scale, BOARD / 2 + (y - BOARD / 2) / scale)) letter += 1;
  }
  const share = ground === 0 ? 0 : letter / ground;
  const mixed = GROUND.map((colour) => Math.round(colour + (255 - colour) * share));
  return [...mixed, Math.round((255 * ground) / (SAMPLES * SAMPLES))];
}

function onGround(x: number, y: number): boolean {
  const inside = (at: number) => Math.min(Math.max(at, CORNER), BOARD - CORNER);
  return Math.hypot(x - inside(x), y - inside(y)) <= CORNER;
}

function onLetter(x: number, y: number): boolean {
  return STROKES.some(([x1, y1, x2, y2]) => {
    const length = Math.hypot(x2 - x1, y2 - y1);
    const along = ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / (length * length);
    const at = Math.min(Math.max(along, 0), 1);
    return Math.hypot(x - x1 - at * (x2 - x1), y - y1 - at * (y2 - y1)) <= HALF_STROKE;
  });
}

/** The picture as a file. */
export function png(icon: Icon): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(icon.size, 0);
  head.writeUInt32BE(icon.size, 4);
  // Eight bits a channel, red, green, blue and alpha; deflate, no interlacing.
  head.set([8, 6, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", head),
    chunk("IDAT", deflateSync(rows(icon), { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function chunk(type: string, content: Uint8Array): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
