/**
 * Owns pages that are loaded when somebody goes to them: with words while they come, and a way on when they do not.
 */
import type { FunctionComponent } from "preact";
import { useEffect } from "preact/hooks";
import { ApiError } from "./api/errors";
import { useApp } from "./app-context";
import { Chrome } from "./components/chrome";
import { Failed, Loading } from "./components/page-state";
import { useLoaded } from "./use-loaded";
import { words } from "./words";

/** A page of its own file. Without a suspended drawing: a file that cannot be loaded is a state of the page like others. */
export function later(load: () => Promise<FunctionComponent>): FunctionComponent {
  let known: FunctionComponent | undefined;
  const loadOnce = async () => {
    try {
      const page = await load();
      known = page;
      return page;
    } catch {
      throw new ApiError("unreachable", words.state.pageFailed, true, 0);
    }
  };
  function Arriving() {
    const { versions } = useApp();
    const page = useLoaded(loadOnce, "page");
    const failed = page.kind === "failed";
    useEffect(() => {
      if (failed) void versions.partMissing();
    }, [failed, versions]);
    if (page.kind === "loaded") return <page.value />;
    return (
      <Chrome>
        {page.kind === "loading" && <Loading what={words.state.page} />}
        {page.kind === "failed" && <Failed error={page.error} again={page.again} />}
      </Chrome>
    );
  }
  return function Later() {
    // Known already: drawn at once, not a frame later.
    const Page = known;
    return Page === undefined ? <Arriving /> : <Page />;
  };
}
