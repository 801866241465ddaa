/** The groups of fields on the page of preferences. */
import type { CertificationInfo, Theme } from "@protocol";
import { DAILY_MINUTES_MAX, DAILY_MINUTES_MIN } from "../account/checks";
import {
  dateName,
  type GoalDraft,
  type PreferencesDraft,
  TIME_MULTIPLIERS,
  targetName,
  timeZone,
} from "../account/preferences-draft";
import { useApp } from "../app-context";
import { Choice, Field } from "../components/fields";
import type { Problems } from "../components/use-form";
import { useStore } from "../store";
import { words } from "../words";
import { share } from "../words/format";

interface FieldsProps {
  readonly draft: PreferencesDraft;
  readonly change: (part: Partial<PreferencesDraft>) => void;
  readonly problems: Problems;
}

interface GoalProps extends FieldsProps {
  readonly certifications: readonly CertificationInfo[];
}

export function GoalFields({ draft, change, problems, certifications }: GoalProps) {
  const changeGoal = (index: number, part: Partial<GoalDraft>) =>
    change({ goals: draft.goals.map((goal, at) => (at === index ? { ...goal, ...part } : goal)) });
  return (
    <section class="section" aria-label={words.preferences.goalsTitle}>
      <h2>{words.preferences.goalsTitle}</h2>
      {draft.goals.length === 0 && <p class="quiet">{words.preferences.noCertifications}</p>}
      {draft.goals.map((goal, index) => {
        const certification = certifications.find(({ id }) => id === goal.certification);
        return (
          <fieldset key={goal.certification} class="choices">
            <legend dir="auto">{certification?.title ?? goal.certification}</legend>
            <Field
              name={dateName(index)}
              label={words.preferences.date}
              hint={words.preferences.dateHint}
              type="date"
              value={goal.date}
              onValue={(date) => changeGoal(index, { date })}
              problem={problems[dateName(index)]}
            />
            <Field
              name={targetName(index)}
              label={words.preferences.target}
              hint={words.preferences.targetHint(share(certification?.pass_mark ?? 0))}
              inputMode="numeric"
              value={goal.target}
              onValue={(target) => changeGoal(index, { target })}
              problem={problems[targetName(index)]}
            />
          </fieldset>
        );
      })}
    </section>
  );
}

export function PracticeFields({ draft, change, problems }: FieldsProps) {
  // A value set elsewhere stays one that can be chosen.
  const values = [...new Set([...TIME_MULTIPLIERS, draft.multiplier])].sort((a, b) => a - b);
  return (
    <section class="section" aria-label={words.preferences.practiceTitle}>
      <h2>{words.preferences.practiceTitle}</h2>
      <Field
        name="minutes"
        label={words.preferences.minutes}
        hint={words.preferences.minutesHint(DAILY_MINUTES_MIN, DAILY_MINUTES_MAX)}
        inputMode="numeric"
        value={draft.minutes}
        onValue={(minutes) => change({ minutes })}
        problem={problems.minutes}
      />
      <Choice
        name="multiplier"
        label={words.preferences.multiplier}
        hint={[
          words.preferences.multiplierHint,
          ...(draft.granted > 1 ? [words.preferences.granted(draft.granted)] : []),
        ].join(" ")}
        value={String(draft.multiplier)}
        onValue={(value) => change({ multiplier: Number(value) })}
        options={values.map((value) => ({ value: String(value), words: words.preferences.times(value) }))}
      />
    </section>
  );
}

const THEMES: readonly Theme[] = ["system", "light", "dark"];

export function LooksFields({ draft, change }: FieldsProps) {
  return (
    <fieldset class="choices section">
      <legend>{words.preferences.theme}</legend>
      {THEMES.map((theme) => (
        <label key={theme} class={`choice ${draft.theme === theme ? "is-chosen" : ""}`}>
          <input
            type="radio"
            name="theme"
            value={theme}
            checked={draft.theme === theme}
            onChange={() => change({ theme })}
          />
          <span>{words.preferences.themes[theme]}</span>
        </label>
      ))}
    </fieldset>
  );
}

export function ReminderFields({ draft, change, sent }: FieldsProps & { readonly sent: boolean }) {
  const { api } = useApp();
  const who = useStore(api.auth.who);
  const reachable = who.kind === "account" && who.account.email !== null;
  return (
    <fieldset class="choices section">
      <legend>{words.preferences.remindersTitle}</legend>
      <label class={`choice ${draft.reminders ? "is-chosen" : ""}`}>
        <input
          type="checkbox"
          name="reminders"
          checked={draft.reminders}
          disabled={!reachable && !draft.reminders}
          aria-describedby="reminders-hint"
          onChange={(event) => change({ reminders: event.currentTarget.checked })}
        />
        <span>{words.preferences.reminders}</span>
      </label>
      <p class="small quiet" id="reminders-hint">
        {reachable ? words.preferences.remindersHint(timeZone() ?? "UTC") : words.preferences.remindersGuest}
        {!sent && ` ${words.preferences.remindersPrinted}`}
      </p>
    </fieldset>
  );
}
