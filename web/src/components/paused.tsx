import { useLayoutEffect, useRef } from "preact/hooks";
import { words } from "../words";

/** What stands in the question's place while the session is paused. */
export function Paused({
  onResume,
  refusal,
}: {
  readonly onResume: () => void;
  readonly refusal: string | undefined;
}) {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => button.current?.focus(), []);
  return (
    <div class="panel">
      <h1>{words.session.paused}</h1>
      <p>{words.session.pausedWords}</p>
      <button type="button" ref={button} class="button primary" onClick={onResume}>
        {words.session.goOn}
      </button>
      {refusal !== undefined && <p class="refusal">{refusal}</p>}
    </div>
  );
}
