import type { ReportReason } from "@protocol";
import { useState } from "preact/hooks";
import { NOTE_CHARS_MAX, noteProblem } from "../account/checks";
import { reportItem } from "../api/looking-back";
import { useApp } from "../app-context";
import { Dialog } from "../components/dialog";
import { Choice, Submit, TextArea } from "../components/fields";
import { useForm } from "../components/use-form";
import { words } from "../words";
import { keepingErrorWords } from "./error-words";

const REASONS: readonly ReportReason[] = ["wrong_key", "unclear", "outdated", "typo", "other"];

interface Props {
  readonly certification: string;
  readonly item: string;
  /** "question 3". */
  readonly name: string;
}

/** Says to its authors what is wrong with a question. */
export function ReportButton({ certification, item, name }: Props) {
  const { announcement } = useApp();
  const [open, setOpen] = useState(false);
  const [said, setSaid] = useState("");
  return (
    <>
      <button type="button" class="button quiet-button" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        {words.report.button}
        <span class="unseen">{name}</span>
      </button>
      {said !== "" && <span class="small quiet">{said}</span>}
      {open && (
        <Report
          certification={certification}
          item={item}
          onClose={() => setOpen(false)}
          onDone={() => {
            setOpen(false);
            setSaid(words.report.done);
            announcement.set(words.report.done);
          }}
        />
      )}
    </>
  );
}

interface ReportProps {
  readonly certification: string;
  readonly item: string;
  readonly onClose: () => void;
  readonly onDone: () => void;
}

function Report({ certification, item, onClose, onDone }: ReportProps) {
  const { api } = useApp();
  const [reason, setReason] = useState<ReportReason | undefined>();
  const [note, setNote] = useState("");
  const form = useForm(
    () => ({
      reason: reason === undefined ? words.report.noReason : undefined,
      "report-note": noteProblem(note),
    }),
    async () => {
      if (reason === undefined) return;
      await reportItem(api, certification, item, { reason, note: note.trim() });
      onDone();
    },
    keepingErrorWords,
  );
  return (
    <Dialog title={words.report.title} onClose={onClose}>
      <form class="entries" ref={form.element} onSubmit={form.submit} noValidate>
        <p class="small quiet">{words.report.how}</p>
        <Choice
          name="reason"
          label={words.report.reason}
          value={reason ?? ""}
          onValue={(value) => setReason(REASONS.find((one) => one === value))}
          options={[
            { value: "", words: words.report.choose },
            ...REASONS.map((one) => ({ value: one, words: words.report.reasons[one] })),
          ]}
        />
        <p class="small problem" role="alert">
          {form.problems.reason}
        </p>
        <TextArea
          name="report-note"
          label={words.report.note}
          hint={words.report.noteHint(NOTE_CHARS_MAX)}
          value={note}
          onValue={setNote}
          problem={form.problems["report-note"]}
        />
        <Submit form={form} words={words.report.send} sending={words.report.sending}>
          <button type="button" class="button quiet-button" onClick={onClose}>
            {words.report.cancel}
          </button>
        </Submit>
      </form>
    </Dialog>
  );
}
