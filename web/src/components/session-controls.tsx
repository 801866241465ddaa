import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { words } from "../words";

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
          {words.session.pause}
        </button>
        <button type="button" class="button quiet-button" onClick={() => setAsking(true)}>
          {words.session.finish}
        </button>
      </div>
    );
  }
  return (
    <div class="controls">
      <span class="small">{words.session.finishSure(answered)}</span>
      <button type="button" ref={sure} class="button" onClick={onFinish}>
        {words.session.finishNow}
      </button>
      <button type="button" class="button quiet-button" onClick={() => setAsking(false)}>
        {words.session.goOn}
      </button>
    </div>
  );
}
