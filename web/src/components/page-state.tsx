/** What a page shows while it has nothing to show: always words, never a bare spinner. */
import type { ApiError } from "../api/errors";

export function Loading({ what }: { readonly what: string }) {
  return <p class="quiet pending">Loading {what}…</p>;
}

export function Failed({ error, again }: { readonly error: ApiError; readonly again: () => void }) {
  return (
    <div class="panel">
      <p>{error.message}</p>
      <button type="button" class="button" onClick={again}>
        Try again
      </button>
    </div>
  );
}
