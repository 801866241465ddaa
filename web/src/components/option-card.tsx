import type { Select } from "@protocol";
import type { Verdict } from "../session/choice";
import { words } from "../words";
import { Icon } from "./icon";
import { Markdown } from "./markdown";

interface Props {
  readonly id: string;
  readonly text: string;
  /** The digit key that chooses it. */
  readonly digit: number;
  readonly select: Select;
  readonly chosen: boolean;
  readonly locked: boolean;
  readonly verdict: Verdict;
  readonly explanation: string;
  readonly onChoose: () => void;
}

/** One option. The room for its explanation is there before the answer, so that nothing moves when it comes. */
export function OptionCard(props: Props) {
  const { id, digit, select, chosen, locked, verdict } = props;
  const name = ["option", chosen && "is-chosen", locked && "is-locked", verdict && `is-${verdict}`];
  return (
    <div class={name.filter(Boolean).join(" ")} data-option={id} data-verdict={verdict}>
      <label class="option-top">
        <input
          type={select === "one" ? "radio" : "checkbox"}
          name="option"
          value={id}
          checked={chosen}
          disabled={locked}
          aria-describedby={`explanation-${id}`}
          aria-keyshortcuts={String(digit)}
          onChange={props.onChoose}
        />
        <kbd>{digit}</kbd>
        <Markdown text={props.text} as="line" />
      </label>
      <div class="explanation" id={`explanation-${id}`}>
        {verdict && (
          <strong class="verdict">
            <Icon name={verdict === "chosen_wrong" ? "wrong" : "right"} />
            {words.session.verdicts[select][verdict]}
          </strong>
        )}
        {props.explanation !== "" && <Markdown text={props.explanation} as="line" class="inline" />}
      </div>
    </div>
  );
}
