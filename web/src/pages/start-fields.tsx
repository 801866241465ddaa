import type { CertificationInfo, SessionKind } from "@protocol";
import { START_KINDS } from "../session/start-draft";
import { kindTitle } from "../session/words";
import { words } from "../words";

export function KindChoice({
  kind,
  onKind,
}: {
  readonly kind: SessionKind;
  readonly onKind: (kind: SessionKind) => void;
}) {
  return (
    <fieldset class="choices">
      <legend>{words.start.kind}</legend>
      {START_KINDS.map((one) => (
        <label key={one} class={`choice ${one === kind ? "is-chosen" : ""}`}>
          <input type="radio" name="kind" value={one} checked={one === kind} onChange={() => onKind(one)} />
          <span>
            <strong>{kindTitle(one)}</strong>
            <span class="quiet small">{words.session.kinds[one].words}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface AreaChoiceProps {
  readonly certification: CertificationInfo;
  readonly areas: readonly string[];
  readonly onAreas: (areas: readonly string[]) => void;
}

export function AreaChoice({ certification, areas, onAreas }: AreaChoiceProps) {
  const toggle = (id: string) =>
    onAreas(areas.includes(id) ? areas.filter((one) => one !== id) : [...areas, id]);
  return (
    <fieldset class="choices">
      <legend>{words.start.areas}</legend>
      {certification.areas.map(({ id, title, items }) => (
        <label key={id} class={`choice ${areas.includes(id) ? "is-chosen" : ""}`}>
          <input
            type="checkbox"
            name="area"
            value={id}
            checked={areas.includes(id)}
            disabled={items === 0}
            onChange={() => toggle(id)}
          />
          <span>
            <strong dir="auto">{title}</strong>
            <span class="quiet small">{words.start.items(items)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}

interface NumberChoiceProps {
  readonly label: string;
  readonly value: number;
  readonly values: readonly number[];
  readonly onValue: (value: number) => void;
  readonly words: (value: number) => string;
}

/** One of a few numbers; one that an address asked for is among them. */
export function NumberChoice({ label, value, values, onValue, words: wordsOf }: NumberChoiceProps) {
  const offered = values.includes(value) ? values : [...values, value].sort((a, b) => a - b);
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onValue(Number(event.currentTarget.value))}>
        {offered.map((one) => (
          <option key={one} value={one}>
            {wordsOf(one)}
          </option>
        ))}
      </select>
    </label>
  );
}
