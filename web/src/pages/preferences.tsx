import type { CertificationInfo, PreferencesView } from "@protocol";
import { useState } from "preact/hooks";
import { draftOf, type PreferencesDraft, preferencesOf, problemsOf } from "../account/preferences-draft";
import type { Api } from "../api/client";
import { preferences, reminding, savePreferences } from "../api/keeping";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Submit } from "../components/fields";
import { Heading } from "../components/heading";
import { Failed, Loading } from "../components/page-state";
import { type Form, useForm } from "../components/use-form";
import { applyTheme } from "../theme";
import { useLoaded } from "../use-loaded";
import { words } from "../words";
import { GoalFields, LooksFields, PracticeFields, ReminderFields } from "./preference-fields";

interface Content {
  readonly preferences: PreferencesView;
  readonly certifications: readonly CertificationInfo[];
  /** Whether reminders are sent from here. */
  readonly sent: boolean;
}

async function load(api: Api): Promise<Content> {
  const [found, certifications, { sent }] = await Promise.all([
    preferences(api),
    api.certifications(),
    reminding(api),
  ]);
  // Chosen on another device, perhaps: it holds here from now on.
  applyTheme(found.theme, document, localStorage);
  return { preferences: found, certifications, sent };
}

/** What the learner prepares for, and how. Guests have preferences too. */
export function PreferencesPage() {
  const { api } = useApp();
  const content = useLoaded(() => load(api), "preferences");
  return (
    <Chrome>
      <Heading title={words.preferences.title} />
      {content.kind === "loading" && <Loading what={words.preferences.what} />}
      {content.kind === "failed" && <Failed error={content.error} again={content.again} />}
      {content.kind === "loaded" && <PreferencesForm {...content.value} />}
    </Chrome>
  );
}

function PreferencesForm({ preferences: before, certifications, sent }: Content) {
  const { api } = useApp();
  const [draft, setDraft] = useState<PreferencesDraft>(() => draftOf(before, certifications));
  const [done, setDone] = useState("");
  const form: Form = useForm(
    () => {
      setDone("");
      return problemsOf(draft, unreadIn(form.element.current));
    },
    async () => {
      await savePreferences(api, preferencesOf(draft));
      applyTheme(draft.theme, document, localStorage);
      setDone(words.preferences.saved);
    },
  );
  const change = (part: Partial<PreferencesDraft>) => setDraft((now) => ({ ...now, ...part }));
  const shared = { draft, change, problems: form.problems };
  return (
    <form class="entries" ref={form.element} onSubmit={form.submit} noValidate>
      <GoalFields {...shared} certifications={certifications} />
      <PracticeFields {...shared} />
      <LooksFields {...shared} />
      <ReminderFields {...shared} sent={sent} />
      <Submit form={form} words={words.preferences.save} sending={words.preferences.saving} done={done} />
    </form>
  );
}

/** Fields that hold half a date look empty to scripts: only the browser knows that they are not. */
function unreadIn(form: HTMLFormElement | null): ReadonlySet<string> {
  const inputs = form?.querySelectorAll("input") ?? [];
  return new Set([...inputs].filter(({ validity }) => validity.badInput).map(({ name }) => name));
}
