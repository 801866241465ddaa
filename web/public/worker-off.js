// Served in the place of the service worker by `learnr serve --no-worker`: takes the one that is there out of browsers, with
// all that it kept. No page is loaded anew: what is open goes on without it.
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => {
  async function leave() {
    for (const key of await caches.keys()) await caches.delete(key);
    await self.registration.unregister();
  }
  event.waitUntil(leave());
});
