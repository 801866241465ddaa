import { expect, test } from "vitest";
import { ownOfPath, progressPath, startPath } from "../src/paths";
import { PAGE } from "../src/worker/page-addresses";

test("every address of a page is one, whatever stands in the id or the query", () => {
  const ids = ["business-analysis-foundations", "iso.27001", "a:b_c.d"];
  const named = ids.flatMap((id) => [startPath(id, "kind=exam&x=1.5"), progressPath(id), ownOfPath(id)]);
  for (const path of [...named, "/", "/?debug", "/confirm?token=a.b", "/session/0190a000/summary", "/v1x"])
    expect(PAGE.test(path), path).toBe(true);
});

test("files and what the server keeps for itself are no pages", () => {
  for (const path of [
    "/index.html",
    "/config.json",
    "/icon.svg?x",
    "/service-worker.js",
    "/.well-known/security.txt",
    "/assets/index-B_Sa5sAp.js",
    "/assets/gone",
    "/icons/icon-192.png",
    "/v1/sessions",
    "/v1/certifications/iso.27001",
    "/healthz",
    "/metrics",
  ])
    expect(PAGE.test(path), path).toBe(false);
});
