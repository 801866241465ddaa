/** Owns small certifications made for a test: one area, the options in the order written. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Server } from "./server";

export interface Item {
  readonly id: string;
  readonly stem: string;
  readonly stimulus?: string;
  /** Texts of the options; those that begin with "= " are right, and the mark is left out. */
  readonly options: readonly string[];
}

export interface Made {
  readonly id: string;
  readonly title?: string;
  readonly areaTitle?: string;
  readonly items: readonly Item[];
}

const RIGHT = "= ";

/** Imports it into the server's store; an item with more than one right option takes many. */
export function importMade(server: Server, { id, title = id, areaTitle = "Area", items }: Made): void {
  const file = join(server.folder, `${id}.json`);
  const certification = {
    id,
    title,
    description: "Made for a test.",
    pass_mark: 0.65,
    exam: { items: items.length, minutes: 10 },
    areas: [{ id: "area", title: areaTitle, weight: 1 }],
  };
  writeFileSync(file, JSON.stringify({ certification, items: items.map(written) }));
  server.run("import", file);
}

function written({ id, stem, stimulus, options }: Item): object {
  const right = options.filter((text) => text.startsWith(RIGHT)).length;
  return {
    id,
    area: "area",
    concepts: [],
    difficulty: "medium",
    stem,
    ...(stimulus !== undefined && { stimulus }),
    select: right > 1 ? "many" : "one",
    options: options.map((text, index) => ({
      text: text.replace(RIGHT, ""),
      correct: text.startsWith(RIGHT),
      explanation: `This is why, of option ${index + 1}.`,
    })),
    enemies: [],
    fixed_order: true,
    source: "Made for a test",
  };
}
