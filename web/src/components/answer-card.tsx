import { QuestionTools } from "../keeping/question-tools";
import { type Came, type Looked, takesMany, verdictOn } from "../session/looking-back";
import { duration } from "../session/words";
import { words } from "../words";
import { Icon } from "./icon";
import { Markdown } from "./markdown";

interface Props {
  readonly looked: Looked;
  readonly certification: string;
  readonly area: string;
}

/** A question that was asked: the answer given, the key where it may be told, why, and what can be done with it. */
export function AnswerCard({ looked, certification, area }: Props) {
  const { position, item, stem, stimulus, options, came, flagged, took } = looked;
  const answered = came !== "none";
  const about = [
    area,
    ...(flagged ? [words.answer.flagged] : []),
    ...(answered ? [words.answer.took(duration(took))] : []),
  ];
  return (
    <li class="card" data-answer={position} data-came={came}>
      <div class="section-head">
        <h2>{words.answer.heading(position)}</h2>
        <span class="came small">
          {came === "right" && <Icon name="right" />}
          {(came === "wrong" || came === "none") && <Icon name="wrong" />}
          {cameWords(came)}
        </span>
      </div>
      <p class="quiet small">{about.join(" · ")}</p>
      {stimulus !== undefined && (
        <div class="stimulus">
          <Markdown text={stimulus} />
        </div>
      )}
      <Markdown text={stem} />
      <ol class="options looked">
        {options.map((option, index) => (
          <Option key={option.id} looked={looked} id={option.id} text={option.text} digit={index + 1} />
        ))}
      </ol>
      {!answered && <p class="small quiet">{words.answer.noKey}</p>}
      {answered && came !== "untold" && (
        <QuestionTools certification={certification} item={item} position={position} />
      )}
    </li>
  );
}

function cameWords(came: Came): string {
  const { right, wrong, none, untold } = words.answer;
  return { right, wrong, none, untold }[came];
}

interface OptionProps {
  readonly looked: Looked;
  readonly id: string;
  readonly text: string;
  readonly digit: number;
}

function Option({ looked, id, text, digit }: OptionProps) {
  const verdict = verdictOn(looked, id);
  const chosen = looked.choice.includes(id);
  const explanation = looked.explanations.get(id) ?? "";
  const name = ["option is-locked", chosen && "is-chosen", verdict && `is-${verdict}`];
  const said = verdict && words.session.verdicts[takesMany(looked) ? "many" : "one"][verdict];
  return (
    <li class={name.filter(Boolean).join(" ")} data-option={id} data-verdict={verdict}>
      <div class="option-top">
        <kbd>{digit}</kbd>
        <Markdown text={text} as="line" />
      </div>
      <div class="explanation">
        {said !== undefined && (
          <strong class="verdict">
            <Icon name={verdict === "chosen_wrong" ? "wrong" : "right"} />
            {said}
          </strong>
        )}
        {said === undefined && chosen && <strong class="verdict">{words.answer.yours}</strong>}
        {explanation !== "" && <Markdown text={explanation} as="line" class="inline" />}
      </div>
    </li>
  );
}
