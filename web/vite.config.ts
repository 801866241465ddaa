import { fileURLToPath } from "node:url";
import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vitest/config";
import { icons } from "./icons/plugin.ts";

const server = process.env.LEARNR_SERVER ?? "http://127.0.0.1:8000";

export default defineConfig({
  resolve: {
    alias: { "@protocol": fileURLToPath(new URL("../protocol/ts/index.ts", import.meta.url)) },
  },
  plugins: [
    icons(),
    // Only the worker and its list of files: the manifest is written by hand (`public/`), and `src/worker/` registers.
    VitePWA({
      strategies: "injectManifest",
      srcDir: "src/worker",
      filename: "service-worker.ts",
      injectRegister: false,
      manifest: false,
      injectManifest: {
        rollupFormat: "iife",
        globPatterns: ["index.html", "theme.js", "icon.svg", "assets/**/*.{js,css,svg}"],
      },
    }),
  ],
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
