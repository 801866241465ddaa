import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon } from "../components/icon";
import { TimeLeft } from "../components/time-left";
import type { Place, Standing, Tally } from "../session/exam";
import { placeOfKey } from "../session/exam-grid";
import { words } from "../words";
import { ExamNotice } from "./exam-notice";
import type { ExamStage } from "./exam-question";

interface Props extends ExamStage {
  readonly places: readonly Place[];
  readonly tally: Tally;
  readonly onBack: () => void;
  readonly onSubmit: () => void;
}

/** Every question at a glance, in marks and in words. */
export function ExamOverview(props: Props) {
  const { places, tally, over, submitting } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  const current = places.find((place) => place.current)?.position ?? 1;
  useLayoutEffect(() => {
    document.title = `${words.exam.overviewTitle} · ${words.app}`;
    heading.current?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, []);
  useEscape(props.onBack);
  return (
    <section class="exam-overview" aria-labelledby="overview-title">
      <p class="where small quiet">
        <span>{words.exam.tally(tally.answered, places.length, tally.flagged.length)}</span>
        <TimeLeft deadline={props.deadline} clock={props.clock} over={over} />
      </p>
      <h1 ref={heading} tabIndex={-1} id="overview-title">
        {words.exam.overviewTitle}
      </h1>
      <p class="small quiet">{words.exam.overviewHow}</p>
      <Grid places={places} onGo={props.onGo} />
      <Legend />
      <div class="exam-words">
        {tally.unanswered.length > 0 && <p>{words.exam.unanswered(tally.unanswered)}</p>}
        {tally.flagged.length > 0 && <p>{words.exam.flaggedOnes(tally.flagged)}</p>}
        <p class="small quiet">{words.exam.noPause}</p>
      </div>
      <div class="actions exam-actions">
        <button type="button" class="button primary" onClick={props.onBack}>
          {words.exam.back(current)}
        </button>
        <button
          type="button"
          class="button"
          aria-disabled={over || submitting}
          onClick={() => !over && !submitting && props.onSubmit()}
        >
          {words.exam.submit}
        </button>
      </div>
      <ExamNotice {...props} />
    </section>
  );
}

/** One stop for Tab, however many questions there are; arrows move inside. */
function Grid({ places, onGo }: { readonly places: readonly Place[]; readonly onGo: (to: number) => void }) {
  const element = useRef<HTMLDivElement>(null);
  const [stop, setStop] = useState(() => places.find(({ current }) => current)?.position ?? 1);
  const cells = () => [...(element.current?.querySelectorAll<HTMLButtonElement>("button") ?? [])];
  const pressed = (event: KeyboardEvent) => {
    const all = cells();
    const columns = all.filter(({ offsetTop }) => offsetTop === all[0]?.offsetTop).length;
    const rightToLeft = element.current !== null && getComputedStyle(element.current).direction === "rtl";
    const to = placeOfKey(event.key, { from: stop, length: places.length, columns, rightToLeft });
    if (to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    setStop(to);
    all[to - 1]?.focus();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in; these are ways to go.
    <div ref={element} class="exam-grid" role="group" aria-label={words.exam.grid} onKeyDown={pressed}>
      {places.map(({ position, standing, flagged, current }) => (
        <button
          key={position}
          type="button"
          class={`exam-place is-${standing}`}
          data-place={position}
          data-standing={standing}
          data-flagged={flagged}
          aria-label={words.exam.place(position, standing, flagged, current)}
          aria-current={current ? "step" : undefined}
          tabIndex={position === stop ? 0 : -1}
          onFocus={() => setStop(position)}
          onClick={() => onGo(position)}
        >
          <span>{position}</span>
          <Marks standing={standing} flagged={flagged} />
        </button>
      ))}
    </div>
  );
}

function Marks({ standing, flagged }: { readonly standing: Standing; readonly flagged: boolean }) {
  return (
    <span class="exam-marks" aria-hidden="true">
      {standing === "answered" && <Icon name="right" />}
      {standing === "saving" && <Icon name="saving" />}
      {standing === "unsaved" && <Icon name="unsaved" />}
      {flagged && <Icon name="flagged" />}
    </span>
  );
}

const STANDINGS: readonly Standing[] = ["answered", "saving", "unsaved", "unanswered"];

/** What the marks mean. */
function Legend() {
  return (
    <ul class="exam-legend small quiet" aria-hidden="true">
      {STANDINGS.map((standing) => (
        <li key={standing}>
          <span class={`exam-place exam-sample is-${standing}`}>
            <Marks standing={standing} flagged={false} />
          </span>
          {words.exam.standings[standing]}
        </li>
      ))}
      <li>
        <Icon name="flagged" />
        {words.exam.flagged}
      </li>
    </ul>
  );
}

export function useEscape(onEscape: () => void): void {
  const latest = useRef(onEscape);
  latest.current = onEscape;
  useLayoutEffect(() => {
    const pressed = (event: KeyboardEvent) => event.key === "Escape" && latest.current();
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}
