import { useState } from "preact/hooks";
import { type Filter, type Looked, shown } from "../session/looking-back";
import { words } from "../words";
import { AnswerCard } from "./answer-card";

/** Questions drawn at first, and with each press after that: an exam has up to 500. */
const STEP = 20;

interface Props {
  readonly list: readonly Looked[];
  readonly filters: readonly Filter[];
  readonly first: Filter;
  readonly certification: string;
  readonly areaTitle: (id: string) => string;
}

/** Questions that were asked, narrowed to what one wants to go over. */
export function AnswerList({ list, filters, first, certification, areaTitle }: Props) {
  const [filter, setFilter] = useState<Filter>(first);
  const [count, setCount] = useState(STEP);
  const chosen = shown(list, filter);
  const rest = chosen.length - count;
  return (
    <>
      <fieldset class="filters">
        <legend class="small quiet">{words.answer.filter}</legend>
        {filters.map((one) => (
          <label key={one} class={`choice ${one === filter ? "is-chosen" : ""}`}>
            <input
              type="radio"
              name="filter"
              value={one}
              checked={one === filter}
              onChange={() => {
                setFilter(one);
                setCount(STEP);
              }}
            />
            <span>{words.answer.filterCount(words.answer.filters[one], shown(list, one).length)}</span>
          </label>
        ))}
      </fieldset>
      {chosen.length === 0 && <p class="panel">{words.answer.nothing[filter]}</p>}
      <ol class="cards answers">
        {chosen.slice(0, count).map((one) => (
          <AnswerCard
            key={one.position}
            looked={one}
            certification={certification}
            area={areaTitle(one.area)}
          />
        ))}
      </ol>
      {rest > 0 && (
        <button type="button" class="button" onClick={() => setCount(count + STEP)}>
          {words.answer.more(Math.min(rest, STEP))}
        </button>
      )}
    </>
  );
}
