import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { homePath } from "../paths";
import { words } from "../words";

/** Something that does not mend itself: what happened, and what to do. */
export function SessionStopped({
  words: text,
  again,
}: {
  readonly words: string;
  readonly again?: () => void;
}) {
  return (
    <div class="panel">
      <Heading title={words.session.stopped} />
      <p>{text}</p>
      <p class="row">
        {again && (
          <button type="button" class="button primary" onClick={again}>
            {words.session.connectAgain}
          </button>
        )}
        <Link to={homePath} class="button">
          {words.unknown.home}
        </Link>
      </p>
    </div>
  );
}
