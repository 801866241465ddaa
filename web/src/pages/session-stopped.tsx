import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { homePath } from "../paths";

/** Something that does not mend itself: what happened, and what to do. */
export function SessionStopped({ words, again }: { readonly words: string; readonly again?: () => void }) {
  return (
    <div class="panel">
      <Heading title="Not connected" />
      <p>{words}</p>
      <p class="row">
        {again && (
          <button type="button" class="button primary" onClick={again}>
            Connect again
          </button>
        )}
        <Link to={homePath} class="button">
          Go home
        </Link>
      </p>
    </div>
  );
}
