// A real OpenID Connect provider for `provider.rs`: the certified `oidc-provider`, on a free port, with one client and one person who signs
// in without being asked. Prints its port. `POST /-/` changes who the person is, who the client is, its keys, and what it does wrong.
// Ends with its standard input.

import { createServer } from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// Its standard output is the port and nothing else: who started it reads no further.
console.info = console.error;

const require = createRequire(new URL("../../../../web/package.json", import.meta.url));
const load = (name) => import(pathToFileURL(require.resolve(name)));
const { default: Provider } = await load("oidc-provider");
const { SignJWT, decodeJwt, exportJWK, generateKeyPair } = await load("jose");

/** Larger than any answer of a provider may be, in bytes. */
const HUGE = 1024 * 1024;

/** As some providers write what is no text. */
const TEXT = { updated_at: "2026-11-26T12:00:00.000Z", email_verified: "true" };

let provider;
let client;
let key;
let fault = "";
let person = {};
/** Everybody who ever signed in, by their name here. */
const people = new Map();

async function freshKey(kid) {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  return { ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" };
}

function fresh() {
  const { port } = server.address();
  provider = new Provider(`http://127.0.0.1:${port}`, {
    clients: [{ ...client, response_types: ["code"], grant_types: ["authorization_code"] }],
    jwks: { keys: [key] },
    cookies: { keys: ["only for tests"] },
    claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "updated_at"] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ ...people.get(accountId), ...(fault === "text-when-asked" && TEXT) }) }),
    async loadExistingGrant({ oidc }) {
      const of = { clientId: oidc.client.clientId, accountId: oidc.session.accountId };
      const grant = new oidc.provider.Grant(of);
      grant.addOIDCScope("openid email profile");
      await grant.save();
      return grant;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    if (ctx.path !== "/token" || !ctx.body?.id_token) return;
    ctx.body.id_token = await forged(ctx.body.id_token);
    if (fault === "unsendable") ctx.body.access_token = "a\nb";
  });
}

/** An ID token with the present fault in it, signed as the provider signs, or not. */
async function forged(token) {
  const claims = decodeJwt(token);
  const signed = (changed, by = key) =>
    new SignJWT({ ...claims, ...changed }).setProtectedHeader({ alg: "RS256", kid: by.kid }).sign(by);
  switch (fault) {
    case "nonce":
      return signed({ nonce: "of another attempt" });
    case "no-nonce":
      return signed({ nonce: undefined });
    case "audience":
      return signed({ aud: "somebody else" });
    case "audiences":
      return signed({ aud: [claims.aud, "somebody else"] });
    case "issuer":
      return signed({ iss: "https://evil.example" });
    case "expired":
      return signed({ exp: 1_000_000_000 });
    case "text":
      return signed({ ...TEXT, email: person.email });
    case "text-false":
      return signed({ ...TEXT, email: person.email, email_verified: "false" });
    case "unsendable":
      return signed({ at_hash: undefined });
    case "access-token":
      return signed({ at_hash: "AAAAAAAAAAAAAAAAAAAAAA" });
    case "signature":
      return signed({}, await freshKey(key.kid));
    case "unsigned": {
      const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
      return `${part({ alg: "none" })}.${part(claims)}.`;
    }
    default:
      return token;
  }
}

/** What the provider does wrong with every request; false when it does nothing wrong with this one. */
function failed(request, response) {
  switch (fault) {
    case "down":
      request.socket.destroy();
      return true;
    case "slow":
      return true;
    case "garbage":
      response.writeHead(200, { "content-type": "application/json" }).end("<html>not what was asked for");
      return true;
    case "huge":
      response.writeHead(200, { "content-type": "application/json" }).end(`{"a":"${"a".repeat(HUGE)}"}`);
      return true;
    case "elsewhere":
      response.writeHead(302, { location: `http://127.0.0.1:${server.address().port}/-/followed` }).end();
      return true;
    case "error":
      response.writeHead(500, { "content-type": "text/plain" }).end("the provider's own words");
      return true;
    default:
      return false;
  }
}

let followed = 0;

async function control(request, response) {
  if (request.url === "/-/followed") followed += 1;
  let text = "";
  for await (const chunk of request) text += chunk;
  const asked = text === "" ? {} : JSON.parse(text);
  if (asked.fault !== undefined) fault = asked.fault;
  if (asked.person !== undefined) {
    person = asked.person;
    people.set(person.sub, person);
  }
  if (asked.client !== undefined) client = asked.client;
  if (asked.key !== undefined) key = await freshKey(asked.key);
  if (asked.client !== undefined || asked.key !== undefined) fresh();
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify({ followed }));
}

/** The person signs in at once, or does not want to. */
function interact(request, response) {
  const result =
    fault === "declined"
      ? { error: "access_denied", error_description: "the provider's own words" }
      : { login: { accountId: person.sub } };
  return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

const server = createServer(async (request, response) => {
  try {
    if (request.url.startsWith("/-/")) await control(request, response);
    else if (failed(request, response)) return;
    else if (request.url.startsWith("/interaction/")) await interact(request, response);
    else await provider.callback()(request, response);
  } catch (error) {
    console.error(error);
    response.destroy();
  }
});

key = await freshKey("first");
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.resume().on("end", () => process.exit());
