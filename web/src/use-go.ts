/**
 * Owns going to another page from code. What a link does, the router does by itself.
 */
import { useCallback, useRef } from "preact/hooks";
import { useLocation } from "preact-iso";
import { useApp } from "./app-context";
import { withDebug } from "./paths";

export type Go = (path: string, how?: "push" | "replace") => void;

/** The same function at every drawing: an effect that goes somewhere runs once. */
export function useGo(): Go {
  const { debug } = useApp();
  const { route } = useLocation();
  const latest = useRef(route);
  latest.current = route;
  return useCallback<Go>(
    (path, how = "push") => {
      latest.current(withDebug(path, debug), how === "replace");
      window.scrollTo(0, 0);
    },
    [debug],
  );
}
