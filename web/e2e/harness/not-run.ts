/** Owns how a test that cannot run here says so: never silently. */
import { appendFileSync } from "node:fs";

export function notRun(name: string, reason: string): void {
  const line = `NOT RUN: ${name}: ${reason}`;
  console.warn(line);
  const file = process.env.LEARNR_NOT_RUN;
  if (file !== undefined && file !== "") appendFileSync(file, `${line}\n`);
}
