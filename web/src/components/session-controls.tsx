import { useLayoutEffect, useRef, useState } from "preact/hooks";

interface Props {
  readonly answered: number;
  readonly onPause: () => void;
  readonly onFinish: () => void;
}

/** Pause and finish. Finishing asks once, in the same place, without a dialog. */
export function SessionControls({ answered, onPause, onFinish }: Props) {
  const [asking, setAsking] = useState(false);
  const sure = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    if (!asking) return;
    sure.current?.focus();
    const pressed = (event: KeyboardEvent) => event.key === "Escape" && setAsking(false);
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, [asking]);
  if (!asking) {
    return (
      <div class="controls">
        <button type="button" class="button quiet-button" onClick={onPause}>
          Pause
        </button>
        <button type="button" class="button quiet-button" onClick={() => setAsking(true)}>
          Finish
        </button>
      </div>
    );
  }
  return (
    <div class="controls">
      <span class="small">Finish with {answered} answered?</span>
      <button type="button" ref={sure} class="button" onClick={onFinish}>
        Finish now
      </button>
      <button type="button" class="button quiet-button" onClick={() => setAsking(false)}>
        Go on
      </button>
    </div>
  );
}
