/**
 * Owns the start of the page: asks where the server is, puts the parts together, draws.
 */
import { type ComponentChildren, render } from "preact";
import { Auth } from "./api/auth";
import { browserChannel } from "./api/auth-channel";
import { Api, readConfig } from "./api/client";
import { asApiError } from "./api/errors";
import { Exchange, type Fetch } from "./api/exchange";
import { exclusively } from "./api/exclusive";
import { browserTokens } from "./api/guest";
import { Root } from "./app";
import type { App } from "./app-context";
import { Failed, Loading } from "./components/page-state";
import { watchNotice } from "./notice";
import { Store } from "./store";
import { direction, language, words } from "./words";
import { browserVersions, startVersions } from "./worker/browser";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no element with id app");

const versions = browserVersions();

async function begin(into: Element): Promise<void> {
  render(<Column what={<Loading what={words.app} />} />, into);
  try {
    const get: Fetch = (url, init) => fetch(url, init);
    const { api_origin: origin } = await readConfig(get);
    const app = assemble(origin, get);
    // Who is here is asked once, at once; a page that needs to know waits for the same answer, and says what is wrong.
    app.api.auth.token().catch(() => undefined);
    render(<Root app={app} />, into);
  } catch (error) {
    render(<Column what={<Failed error={asApiError(error)} again={() => void begin(into)} />} />, into);
  }
}

function assemble(origin: string, get: Fetch): App {
  const [notice, announcement] = [new Store(""), new Store("")];
  const exchange = new Exchange(origin, get);
  const auth = new Auth(exchange, {
    storage: localStorage,
    channel: browserChannel(),
    cookies: origin === "" || origin === location.origin,
    exclusively: (work) => exclusively("learnr.refresh", work),
    now: () => performance.now(),
    date: () => Date.now(),
    onEnded: () => notice.set(words.guest.ended),
  });
  const api = new Api({
    exchange,
    auth,
    tokens: browserTokens(localStorage),
    onGuestLost: () => notice.set(words.guest.lost),
  });
  watchNotice({ notice, announcement, who: auth.who });
  const debug = new URLSearchParams(location.search).has("debug");
  return { api, notice, announcement, versions, debug };
}

function Column({ what }: { readonly what: ComponentChildren }) {
  return <main class="column">{what}</main>;
}

document.documentElement.lang = language;
document.documentElement.dir = direction;
root.replaceChildren();
void begin(root);
startVersions(versions);
