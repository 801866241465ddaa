import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const server = process.env.LEARNR_SERVER ?? "http://127.0.0.1:8000";

export default defineConfig({
  resolve: {
    alias: { "@protocol": fileURLToPath(new URL("../protocol/ts/index.ts", import.meta.url)) },
  },
  build: {
    target: "es2022",
    // The policy the server sends allows no inline script, style or data: script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: { "/v1": { target: server, ws: true }, "/config.json": server },
  },
  test: {
    include: ["test/**/*.test.ts"],
    environment: "node",
  },
});
