import { useLayoutEffect, useRef } from "preact/hooks";
import { words } from "../words";
import { SessionControls } from "./session-controls";

interface Props {
  /** What the main button says. */
  readonly words: string;
  readonly disabled: boolean;
  /** A result the button goes on from; the button takes the focus when it appears. */
  readonly result: object | undefined;
  readonly options: number;
  readonly answered: number;
  /** A command of the learner's that the server has not taken yet. */
  readonly waiting: "pause" | "resume" | "finish" | undefined;
  /** Nothing follows: there is nothing left to pause or to finish. */
  readonly last: boolean;
  readonly onPause: () => void;
  readonly onFinish: () => void;
}

/** The bar below the question: always in view, always in the same place. */
export function Actions(props: Props) {
  const { result, last, waiting } = props;
  return (
    <div class="actions">
      <Primary words={props.words} disabled={props.disabled} focusOn={result} />
      <p class="keys small quiet" aria-hidden="true">
        <kbd>{words.session.enterKey}</kbd> {result ? words.session.keyGoesOn : words.session.keySends}
        {/* Behind what stays: nothing moves when it goes. */}
        {!result && (
          <>
            {" "}
            <kbd>1</kbd> {words.session.keysTo} <kbd>{props.options}</kbd> {words.session.keysChoose}
          </>
        )}
      </p>
      {waiting !== undefined && <p class="small waiting">{words.session.waiting[waiting]}</p>}
      {!last && waiting === undefined && (
        <SessionControls answered={props.answered} onPause={props.onPause} onFinish={props.onFinish} />
      )}
    </div>
  );
}

/** The one main button; it takes the focus when a result appears. */
function Primary(props: {
  readonly words: string;
  readonly disabled: boolean;
  readonly focusOn: object | undefined;
}) {
  const button = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    // The button is always in view: the page does not have to move to show it.
    if (props.focusOn) button.current?.focus({ preventScroll: true });
  }, [props.focusOn]);
  return (
    <button type="submit" ref={button} class="button primary" disabled={props.disabled} id="primary">
      {props.words}
    </button>
  );
}
