import { useEffect, useRef, useState } from "preact/hooks";
import { type ApiError, asApiError } from "../api/errors";
import { type ExportFormat, type ExportWhat, exported, exportName } from "../api/owner";
import { useApp } from "../app-context";
import { Choice, Field } from "../components/fields";
import { type ExportDraft, exportProblems, exportWish, NEW_EXPORT } from "../owner/export-draft";
import { saveFile } from "../save-file";
import { words } from "../words";

interface Props {
  readonly certification: string;
  /** Of the questions' figures; the current one when undefined. */
  readonly version: string | undefined;
}

const WHATS: readonly ExportWhat[] = ["answers", "items", "learners"];
const FORMATS: readonly ExportFormat[] = ["csv", "json"];

type State =
  | { readonly kind: "idle" }
  | { readonly kind: "going"; readonly bytes: number }
  | { readonly kind: "done"; readonly bytes: number }
  | { readonly kind: "failed"; readonly words: string };

/** What there is as a file: fetched with the token, shown how far it is, never half a file. */
export function OwnerExport({ certification, version }: Props) {
  const { api } = useApp();
  const [draft, setDraft] = useState<ExportDraft>(NEW_EXPORT);
  const [problems, setProblems] = useState<ReturnType<typeof exportProblems>>({});
  const [state, setState] = useState<State>({ kind: "idle" });
  const cancel = useRef<AbortController>(undefined);
  const form = useRef<HTMLFormElement>(null);
  // Whoever leaves the page wants no file from it.
  useEffect(() => () => cancel.current?.abort(), []);
  useEffect(() => form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus(), [problems]);
  const change = (part: Partial<ExportDraft>) => setDraft((now) => ({ ...now, ...part }));
  const submit = async (event: Event) => {
    event.preventDefault();
    if (state.kind === "going") return;
    const found = exportProblems(draft);
    setProblems(found);
    if (Object.keys(found).length > 0) return;
    const controller = new AbortController();
    cancel.current = controller;
    setState({ kind: "going", bytes: 0 });
    const wish = exportWish(draft, version);
    try {
      const file = await exported(api, certification, wish, {
        onBytes: (bytes) => setState({ kind: "going", bytes }),
        cancelled: controller.signal,
      });
      saveFile(file, exportName(certification, wish));
      setState({ kind: "done", bytes: file.size });
    } catch (error) {
      setState({ kind: "failed", words: refusalWords(asApiError(error)) });
    }
  };
  return (
    <section class="section" id="export">
      <h2>{words.owner.exportTitle}</h2>
      <p>{words.owner.exportWords}</p>
      <form class="entries" ref={form} onSubmit={(event) => void submit(event)} noValidate>
        <ExportFields draft={draft} problems={problems} onChange={change} />
        <Progress state={state} onCancel={() => cancel.current?.abort()} />
      </form>
    </section>
  );
}

interface FieldsProps {
  readonly draft: ExportDraft;
  readonly problems: ReturnType<typeof exportProblems>;
  readonly onChange: (part: Partial<ExportDraft>) => void;
}

function ExportFields({ draft, problems, onChange }: FieldsProps) {
  return (
    <>
      <Choice
        name="export-what"
        label={words.owner.exportWhat}
        value={draft.what}
        onValue={(what) => onChange({ what: what as ExportWhat })}
        options={WHATS.map((value) => ({ value, words: words.owner.exportWhats[value] }))}
      />
      {draft.what === "answers" && (
        <>
          <Field
            name="export-from"
            type="date"
            label={words.owner.exportFrom}
            hint={words.owner.exportDayHint}
            value={draft.from}
            onValue={(from) => onChange({ from })}
            problem={problems.from}
          />
          <Field
            name="export-to"
            type="date"
            label={words.owner.exportTo}
            hint={words.owner.exportDayHint}
            value={draft.to}
            onValue={(to) => onChange({ to })}
            problem={problems.to}
          />
        </>
      )}
      <Choice
        name="export-format"
        label={words.owner.exportFormat}
        value={draft.format}
        onValue={(format) => onChange({ format: format as ExportFormat })}
        options={FORMATS.map((value) => ({ value, words: words.owner.exportFormats[value] }))}
      />
    </>
  );
}

function Progress({ state, onCancel }: { readonly state: State; readonly onCancel: () => void }) {
  const going = state.kind === "going";
  return (
    <>
      <p class="row">
        <button type="submit" class="button primary" aria-disabled={going}>
          {going ? words.owner.exportGoing : words.owner.exportGo}
        </button>
        {going && (
          <button type="button" class="button" onClick={onCancel}>
            {words.owner.exportCancel}
          </button>
        )}
        {/* Not said aloud piece by piece: the end is. */}
        {going && <span class="quiet small">{words.owner.exportSoFar(state.bytes)}</span>}
        <span role="status">{state.kind === "done" ? words.owner.exportDone(state.bytes) : ""}</span>
      </p>
      <p class="refusal" role="alert">
        {state.kind === "failed" ? state.words : ""}
      </p>
    </>
  );
}

function refusalWords({ status, message }: ApiError): string {
  return status === 429 ? words.owner.exportBusy : message;
}
