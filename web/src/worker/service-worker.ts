/**
 * Owns what opens without a network: the files of the page, and nothing else. What the server answers under `/v1/` never
 * passes here, so no answer, question or token is ever kept by the worker.
 */
/// <reference lib="webworker" />
import { cleanupOutdatedCaches, matchPrecache, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";
import { NetworkFirst, NetworkOnly } from "workbox-strategies";
import { PAGE } from "./page-addresses";

declare const self: ServiceWorkerGlobalScope & {
  /** Written in by the build: every file of the page with its revision. */
  readonly __WB_MANIFEST: { readonly url: string; readonly revision: string | null }[];
};

const SHELL = "/index.html";
const CONFIG = "/config.json";
/** Only where the server is: no learner's, and without it no page could be put together. */
const CONFIG_CACHE = "learnr-config";
/** A network that is slower than this is as good as none, seconds. */
const NETWORK_WITHIN_S = 4;

/** A proxy in front of a server that is gone answers for it: the page says that better. */
const faultsAreOutages = {
  fetchDidSucceed: async ({ response }: { response: Response }) => {
    if (response.status >= 500) throw new Error(`status ${response.status}`);
    return response;
  },
};

// The first page has asked for it before there was a worker: it is asked for again, or that page would not open offline. What it
// answers is not worth more than the worker: without it, it comes with the next page.
self.addEventListener("install", (event) =>
  event.waitUntil(
    caches
      .open(CONFIG_CACHE)
      .then((cache) => cache.add(CONFIG))
      .catch(() => undefined),
  ),
);

// A new worker waits until every page of the old one is gone or a learner asks for it: files of the old pages stay.
self.addEventListener("message", (event) => {
  if ((event.data as { type?: unknown } | null)?.type === "SKIP_WAITING") void self.skipWaiting();
});

cleanupOutdatedCaches();
// Without an index for folders: "/" is a page like others, asked of the network first.
precacheAndRoute([...self.__WB_MANIFEST], { directoryIndex: "", cleanURLs: false });

// The network first: a page that was changed, or a policy in its headers, holds at once.
const pages = new NetworkOnly({
  networkTimeoutSeconds: NETWORK_WITHIN_S,
  plugins: [faultsAreOutages, { handlerDidError: () => matchPrecache(SHELL) }],
});
registerRoute(new NavigationRoute(pages, { allowlist: [PAGE] }));

registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname === CONFIG,
  new NetworkFirst({
    cacheName: CONFIG_CACHE,
    networkTimeoutSeconds: NETWORK_WITHIN_S,
    plugins: [faultsAreOutages],
  }),
);
