import type { CertificationInfo, Standing } from "@protocol";
import { Link } from "../components/link";
import { type Choice, draftOf, todaysChoice } from "../home/choice";
import { startPath } from "../paths";
import { draftOfKind, queryOf, remembered } from "../session/start-draft";
import { scoreWords } from "../session/words";
import { words } from "../words";
import { useStart } from "./use-start";

interface Props {
  readonly certification: CertificationInfo;
  /** Undefined for somebody of whom nothing is known. */
  readonly standing: Standing | undefined | "failed";
  /** The one main button of the page is here: no session waits to be gone on with. */
  readonly main: boolean;
}

/** The most useful session now, a press away, and why it is. */
export function Suggestion({ certification, standing, main }: Props) {
  const { id, title } = certification;
  return (
    <div class="panel" data-suggestion>
      <h2 dir="auto">{title}</h2>
      {standing === "failed" ? (
        <>
          <p>{words.home.why.unknown}</p>
          <Link to={startPath(id)} class={main ? "button primary" : "button"}>
            {words.home.chooseSession}
          </Link>
        </>
      ) : (
        <Known certification={certification} standing={standing} main={main} />
      )}
    </div>
  );
}

interface KnownProps extends Props {
  readonly standing: Standing | undefined;
}

function Known({ certification, standing, main }: KnownProps) {
  const { id } = certification;
  const { starting, problem, start } = useStart(id);
  const choice = todaysChoice(standing, certification);
  const kept = remembered(localStorage, id);
  const draft = draftOf(choice, (kind) => draftOfKind(kind, kept, certification).length);
  return (
    <>
      <p>{whyWords(choice)}</p>
      <p class="row">
        <button
          type="button"
          class={main ? "button primary" : "button"}
          aria-disabled={starting}
          data-start={choice.kind}
          onClick={() => void start(draft)}
        >
          {starting ? words.home.starting : startWords(choice)}
        </button>
        <Link to={startPath(id, queryOf(draft))} class="button">
          {words.home.otherwise}
        </Link>
      </p>
      <p class="refusal" role="alert">
        {problem}
      </p>
    </>
  );
}

function startWords(choice: Choice): string {
  return choice.kind === "focused"
    ? words.home.start.focused(choice.area.title)
    : words.home.start[choice.kind];
}

function whyWords(choice: Choice): string {
  const { why } = words.home;
  switch (choice.kind) {
    case "review":
      return why.review(choice.due);
    case "focused":
      return why.focused(scoreWords(choice.area));
    default:
      return why[choice.kind];
  }
}
