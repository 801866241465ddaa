/**
 * Owns what every page may use: the server's routes, and one line of notice.
 */
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Api } from "./api/client";
import type { Store } from "./store";
import type { Versions } from "./worker/versions";

export interface App {
  readonly api: Api;
  /** One thing the learner should know that no page asked for; empty when there is none. */
  readonly notice: Store<string>;
  /** What a screen reader is told next. */
  readonly announcement: Store<string>;
  /** Whether a newer version of the page is there. */
  readonly versions: Versions;
  /** `?debug` in the address: frames are sent as readable text. */
  readonly debug: boolean;
}

export const AppContext = createContext<App | undefined>(undefined);

export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error("a page was drawn outside the app");
  return app;
}
