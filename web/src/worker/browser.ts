/**
 * Owns what `versions.ts` needs from a browser: workbox's registration, the address of the open page's own script.
 */
import { type Registration, type VersionPorts, Versions, WORKER_FILE } from "./versions";

/** Asking what the server has is not worth waiting longer for, milliseconds. */
const ASK_WITHIN_MS = 5_000;

export function browserVersions(): Versions {
  return new Versions({
    registration,
    isNewest,
    reload: () => location.reload(),
    after: (ms, then) => void setTimeout(then, ms),
    now: () => performance.now(),
  } satisfies VersionPorts);
}

/** Begins once the page is there: what is kept for later must not hold up what is looked at now. */
export function startVersions(versions: Versions): void {
  if (!import.meta.env.PROD || !("serviceWorker" in navigator)) return;
  const start = () => void versions.start();
  if (document.readyState === "complete") start();
  else window.addEventListener("load", start, { once: true });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void versions.seen();
  });
}

async function registration(): Promise<Registration> {
  const { Workbox } = await import("workbox-window");
  const workbox = new Workbox(WORKER_FILE, { updateViaCache: "none" });
  let current: ServiceWorkerRegistration | undefined;
  return {
    async register({ waiting, takenOver }) {
      workbox.addEventListener("waiting", waiting);
      // The first worker of a browser takes nobody over: there was no version before it.
      workbox.addEventListener("controlling", ({ isUpdate }) => isUpdate && takenOver());
      current = await workbox.register({ immediate: true });
    },
    update: () => workbox.update(),
    takeOver() {
      if (!current?.waiting) return false;
      workbox.messageSkipWaiting();
      return true;
    },
  };
}

async function isNewest(): Promise<boolean | undefined> {
  const own = document.querySelector<HTMLScriptElement>('script[type="module"][src]');
  if (own === null) return undefined;
  try {
    const response = await fetch("/", { cache: "no-store", signal: AbortSignal.timeout(ASK_WITHIN_MS) });
    return response.ok ? (await response.text()).includes(new URL(own.src).pathname) : undefined;
  } catch {
    return undefined;
  }
}
