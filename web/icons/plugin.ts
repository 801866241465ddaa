/**
 * Owns putting the drawn icons among the built files: none is kept in the repository, so none can be out of date.
 */
import type { Plugin } from "vite";
import { ICONS, png } from "./draw.ts";

export function icons(): Plugin {
  return {
    name: "learnr-icons",
    apply: "build",
    generateBundle() {
      for (const icon of ICONS) {
        this.emitFile({ type: "asset", fileName: `icons/${icon.file}`, source: png(icon) });
      }
    },
  };
}
