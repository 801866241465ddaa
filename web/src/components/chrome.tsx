import type { ComponentChildren } from "preact";
import { useApp } from "../app-context";
import { homePath } from "../paths";
import { useStore } from "../store";
import { Link } from "./link";

/** What frames every page: the name, the one place for state, a notice, and what screen readers hear. */
export function Chrome({
  state,
  children,
}: {
  readonly state?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  const { notice, announcement } = useApp();
  const words = useStore(notice);
  const spoken = useStore(announcement);
  return (
    <>
      <header class="top">
        <div class="column top-row">
          <Link to={homePath} class="brand">
            LearnR
          </Link>
          {state}
        </div>
      </header>
      <main class="column">
        {words !== "" && (
          <div class="panel notice">
            <p>{words}</p>
            <button type="button" class="button quiet-button" onClick={() => notice.set("")}>
              Close
            </button>
          </div>
        )}
        {children}
      </main>
      <div class="unseen" role="status" aria-live="polite" id="announcer">
        {spoken}
      </div>
    </>
  );
}
