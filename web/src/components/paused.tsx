import { useLayoutEffect, useRef } from "preact/hooks";

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
      <h1>Paused</h1>
      <p>The clock is stopped and your place is kept. Go on whenever you like, on this device or another.</p>
      <button type="button" ref={button} class="button primary" onClick={onResume}>
        Go on
      </button>
      {refusal !== undefined && <p class="refusal">{refusal}</p>}
    </div>
  );
}
