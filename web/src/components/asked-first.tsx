import { useEffect, useId, useLayoutEffect, useRef, useState } from "preact/hooks";
import { asApiError } from "../api/errors";
import { words } from "../words";

interface Props {
  /** What the button says, and the one that does it. */
  readonly label: string;
  /** What it does and to whom, sentence by sentence. */
  readonly consequences: readonly string[];
  readonly run: () => Promise<void>;
}

/** Something with consequences: it is said what they are, in the same place, before it is done. */
export function AskedFirst({ label, consequences, run }: Props) {
  const id = useId();
  const [asking, setAsking] = useState(false);
  const [doing, setDoing] = useState(false);
  const [problem, setProblem] = useState("");
  const first = useRef<HTMLButtonElement>(null);
  const keep = useRef<HTMLButtonElement>(null);
  const asked = useRef(false);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => {
      alive.current = false;
    };
  }, []);
  useLayoutEffect(() => {
    // The harmless answer has the focus: Enter pressed twice does nothing.
    if (asking) keep.current?.focus();
    else if (asked.current) first.current?.focus();
    asked.current = asking;
  }, [asking]);
  const go = async () => {
    if (doing) return;
    setDoing(true);
    setProblem("");
    try {
      await run();
      if (alive.current) setAsking(false);
    } catch (error) {
      if (alive.current) setProblem(asApiError(error).message);
    }
    if (alive.current) setDoing(false);
  };
  if (!asking) {
    return (
      <button type="button" ref={first} class="button" onClick={() => setAsking(true)}>
        {label}
      </button>
    );
  }
  return (
    <fieldset class="panel asked" aria-labelledby={id}>
      <div id={id}>
        {consequences.map((sentence) => (
          <p key={sentence} dir="auto">
            {sentence}
          </p>
        ))}
      </div>
      <p class="row">
        <button type="button" ref={keep} class="button primary" onClick={() => setAsking(false)}>
          {words.asking.keep}
        </button>
        <button type="button" class="button" aria-disabled={doing} onClick={() => void go()}>
          {doing ? words.asking.doing : label}
        </button>
      </p>
      <p class="refusal" role="alert">
        {problem}
      </p>
    </fieldset>
  );
}
