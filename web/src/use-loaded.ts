/**
 * Owns the three states of anything a page asks the server for: loading, loaded, failed with a way to try again.
 */
import { useCallback, useEffect, useState } from "preact/hooks";
import { type ApiError, asApiError } from "./api/errors";

export type Loaded<T> =
  | { readonly kind: "loading" }
  | { readonly kind: "loaded"; readonly value: T }
  | { readonly kind: "failed"; readonly error: ApiError; readonly again: () => void };

/** Loads when the component appears and whenever `key` changes. `load` may differ at each drawing. */
export function useLoaded<T>(load: () => Promise<T>, key: string): Loaded<T> {
  const [state, setState] = useState<Loaded<T>>({ kind: "loading" });
  const [tries, setTries] = useState(0);
  const again = useCallback(() => setTries((n) => n + 1), []);
  // `key` and `tries` say when to load; `load` is new each time.
  useEffect(() => {
    let current = true;
    setState({ kind: "loading" });
    load().then(
      (value) => current && setState({ kind: "loaded", value }),
      (error: unknown) => current && setState({ kind: "failed", error: asApiError(error), again }),
    );
    return () => {
      current = false;
    };
  }, [key, tries]);
  return state;
}
