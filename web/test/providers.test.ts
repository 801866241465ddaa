import { expect, test } from "vitest";
import { providerProblem } from "../src/account/provider-problem";
import { providers, startProvider } from "../src/api/account";
import { MemoryBrowser } from "./memory-auth";

test("what the server says of somebody who came back has words, and no other text of the address is shown", () => {
  for (const known of ["cancelled", "again", "provider", "refused", "busy", "here"]) {
    expect(providerProblem(`?problem=${known}&debug`), known).toMatch(/^You were not signed in: .{20}/);
  }
  for (const other of [
    "",
    "?debug",
    "?problem=",
    "?problem=toString",
    "?problem=__proto__",
    "?problem=<b>now</b>",
  ]) {
    expect(providerProblem(other), other).toBe("");
  }
});

test("a provider is gone to at the address that the server gives, and the next page looks for who came back", async () => {
  const calls: string[] = [];
  const fetch = async (url: string, init: RequestInit): Promise<Response> => {
    calls.push(`${init.method} ${url}`);
    if (url.endsWith("/start")) return Response.json({ url: "https://id.example/authorize?state=s" });
    return Response.json({ providers: [{ id: "the school", name: "The school" }] });
  };
  const { api } = new MemoryBrowser().tab(fetch);
  const [provider] = await providers(api);
  expect(provider).toEqual({ id: "the school", name: "The school" });
  expect(await startProvider(api, "the school")).toBe("https://id.example/authorize?state=s");
  expect(calls).toEqual(["GET /v1/auth/providers", "POST /v1/auth/providers/the%20school/start"]);
  expect(api.auth.hasCookies).toBe(true);
});
