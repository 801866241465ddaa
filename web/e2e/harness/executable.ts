/** Owns which browser the tests open: the one named, or the first that is there. `scripts/setup.sh` looks for the same. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** In the order of preference. */
export const BROWSER_NAMES = ["chromium", "chromium-browser", "google-chrome"] as const;

/** Its path. `CHROMIUM` in the environment goes before the names on `PATH`. */
export function findBrowser(env: NodeJS.ProcessEnv): string {
  if (env.CHROMIUM) return env.CHROMIUM;
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const files = BROWSER_NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = files.find(isProgram);
  if (found === undefined)
    throw new Error(`no ${BROWSER_NAMES.join(", ")} on PATH: install one, or set CHROMIUM`);
  return found;
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
