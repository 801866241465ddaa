import { useEffect, useState } from "preact/hooks";
import { NOTE_CHARS_MAX, noteProblem } from "../account/checks";
import { asApiError } from "../api/errors";
import { useApp } from "../app-context";
import { Dialog } from "../components/dialog";
import { Submit, TextArea } from "../components/fields";
import { Icon } from "../components/icon";
import { useForm } from "../components/use-form";
import { useStore } from "../store";
import { words } from "../words";
import { keepingErrorWords } from "./error-words";
import { type Marks, marksOf } from "./marks";

interface Props {
  readonly certification: string;
  readonly item: string;
  /** "question 3": what is marked, for who does not see where the button stands. */
  readonly name: string;
}

/** Marks a question that was answered; once it is marked, its note and a way to take the mark away. */
export function BookmarkButton({ certification, item, name }: Props) {
  const { api, announcement } = useApp();
  const marks = marksOf(api, certification);
  const note = useStore(marks.notes).get(item);
  const [working, setWorking] = useState(false);
  const [problem, setProblem] = useState("");
  const [open, setOpen] = useState(false);
  useEffect(() => {
    // Whether it is marked is asked again when the button is pressed, and then a failure is told.
    marks.load().catch(() => undefined);
  }, [marks]);
  const press = async () => {
    if (working) return;
    setProblem("");
    if (note !== undefined) {
      setOpen(true);
      return;
    }
    setWorking(true);
    try {
      await marks.load();
      // Marking anew would empty a note.
      if (marks.notes.value.has(item)) setOpen(true);
      else if (!marks.whole) setProblem(words.keeping.tooMany);
      else {
        await marks.save(item, "");
        announcement.set(words.keeping.marked);
      }
    } catch (error) {
      setProblem(keepingErrorWords(asApiError(error)));
    }
    setWorking(false);
  };
  return (
    <>
      <button
        type="button"
        class="button"
        aria-disabled={working}
        aria-haspopup={note === undefined ? undefined : "dialog"}
        data-marked={note !== undefined}
        onClick={() => void press()}
      >
        <Icon name={note === undefined ? "bookmark" : "bookmarked"} />
        {note === undefined ? words.keeping.bookmark : words.keeping.bookmarked}
        <span class="unseen">{name}</span>
      </button>
      {problem !== "" && (
        <p class="refusal small" role="alert">
          {problem}
        </p>
      )}
      {open && note !== undefined && (
        <Note marks={marks} item={item} before={note} onClose={() => setOpen(false)} />
      )}
    </>
  );
}

interface NoteProps {
  readonly marks: Marks;
  readonly item: string;
  readonly before: string;
  readonly onClose: () => void;
}

function Note({ marks, item, before, onClose }: NoteProps) {
  const { announcement } = useApp();
  const [note, setNote] = useState(before);
  const [removing, setRemoving] = useState(false);
  const [problem, setProblem] = useState("");
  const form = useForm(
    () => ({ note: noteProblem(note) }),
    async () => {
      await marks.save(item, note);
      announcement.set(words.bookmarks.saved);
      onClose();
    },
    keepingErrorWords,
  );
  const remove = async () => {
    if (removing) return;
    setRemoving(true);
    setProblem("");
    try {
      await marks.remove(item);
      announcement.set(words.bookmarks.removed);
      onClose();
    } catch (error) {
      setProblem(keepingErrorWords(asApiError(error)));
      setRemoving(false);
    }
  };
  return (
    <Dialog title={words.keeping.bookmarkTitle} onClose={onClose}>
      <form class="entries" ref={form.element} onSubmit={form.submit} noValidate>
        <TextArea
          name="note"
          label={words.bookmarks.note}
          hint={words.bookmarks.noteHint(NOTE_CHARS_MAX)}
          value={note}
          onValue={setNote}
          problem={form.problems.note}
        />
        <Submit form={form} words={words.bookmarks.save} sending={words.bookmarks.saving}>
          <button type="button" class="button" aria-disabled={removing} onClick={() => void remove()}>
            {removing ? words.bookmarks.removing : words.bookmarks.remove}
          </button>
          <button type="button" class="button quiet-button" onClick={onClose}>
            {words.chrome.close}
          </button>
        </Submit>
        <p class="refusal" role="alert">
          {problem}
        </p>
      </form>
    </Dialog>
  );
}
