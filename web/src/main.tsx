/**
 * Owns the start of the page: asks where the server is, puts the parts together, draws.
 */
import { type ComponentChildren, render } from "preact";
import { Api, readConfig } from "./api/client";
import { asApiError } from "./api/errors";
import { browserTokens } from "./api/guest";
import { Root } from "./app";
import { Failed, Loading } from "./components/page-state";
import { Router } from "./router";
import { Store } from "./store";

const GUEST_REPLACED =
  "Your guest pass was no longer valid, so you have a new one. Sessions started with the old one cannot be opened from here.";

const root = document.getElementById("app");
if (root === null) throw new Error("index.html has no element with id app");

async function begin(into: Element): Promise<void> {
  render(<Column what={<Loading what="LearnR" />} />, into);
  try {
    const get = (url: string, init: RequestInit) => fetch(url, init);
    const { api_origin: origin } = await readConfig(get);
    const notice = new Store("");
    const api = new Api(origin, {
      fetch: get,
      tokens: browserTokens(localStorage),
      onGuestReplaced: () => notice.set(GUEST_REPLACED),
    });
    const debug = new URLSearchParams(location.search).has("debug");
    const app = { api, router: new Router(window), notice, announcement: new Store(""), debug };
    render(<Root app={app} />, into);
  } catch (error) {
    render(<Column what={<Failed error={asApiError(error)} again={() => void begin(into)} />} />, into);
  }
}

function Column({ what }: { readonly what: ComponentChildren }) {
  return <main class="column">{what}</main>;
}

root.replaceChildren();
void begin(root);
