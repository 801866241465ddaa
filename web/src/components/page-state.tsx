/** What a page shows while it has nothing to show: always words, never a bare spinner. */
import { useEffect } from "preact/hooks";
import type { ApiError } from "../api/errors";
import { useOnline } from "../use-online";
import { words } from "../words";

export function Loading({ what }: { readonly what: string }) {
  return <p class="quiet pending">{words.state.loading(what)}</p>;
}

/** What went wrong, and a way to try again; a connection that comes back tries by itself. */
export function Failed({ error, again }: { readonly error: ApiError; readonly again: () => void }) {
  const mendsItself = error.code === "unreachable";
  const online = useOnline();
  useEffect(() => {
    if (!mendsItself) return;
    window.addEventListener("online", again);
    return () => window.removeEventListener("online", again);
  }, [mendsItself, again]);
  return (
    <div class="panel" data-failed={error.code}>
      <p role="alert">{error.message}</p>
      {mendsItself && !online && <p>{words.offline.works}</p>}
      <button type="button" class="button" onClick={again}>
        {words.state.again}
      </button>
    </div>
  );
}
