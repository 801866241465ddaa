import type { Bookmark, Question } from "@protocol";
import { useState } from "preact/hooks";
import { NOTE_CHARS_MAX, noteProblem } from "../account/checks";
import { asApiError } from "../api/errors";
import { removeBookmark, saveBookmark } from "../api/keeping";
import { useApp } from "../app-context";
import { Submit, TextArea } from "../components/fields";
import { Markdown } from "../components/markdown";
import { useForm } from "../components/use-form";
import { words } from "../words";

interface Props {
  readonly certification: string;
  readonly bookmark: Bookmark;
  readonly onRemoved: () => void;
}

/** A marked question, its answer on request, and its note. */
export function BookmarkCard({ certification, bookmark, onRemoved }: Props) {
  const { question, key, item, created_ms: since } = bookmark;
  return (
    <li class="card" data-bookmark={item}>
      <p class="quiet small">{words.bookmarks.since(since)}</p>
      {question === null ? <p>{words.bookmarks.gone}</p> : <Marked question={question} answer={key} />}
      <Note certification={certification} bookmark={bookmark} onRemoved={onRemoved} />
    </li>
  );
}

/** The options stand without their key until it is asked for: a bookmark is there to be thought about again. */
function Marked({ question, answer }: { readonly question: Question; readonly answer: readonly string[] }) {
  const [shown, setShown] = useState(false);
  return (
    <>
      {question.stimulus !== undefined && <Markdown text={question.stimulus} />}
      <Markdown text={question.stem} />
      <ol class="marked">
        {question.options.map(({ id, text }) => (
          <li key={id}>
            <Markdown text={text} as="line" />
            {shown && answer.includes(id) && <strong class="small">{words.bookmarks.answer}</strong>}
          </li>
        ))}
      </ol>
      <button type="button" class="button" aria-expanded={shown} onClick={() => setShown(!shown)}>
        {shown ? words.bookmarks.hide : words.bookmarks.show}
      </button>
    </>
  );
}

function Note({ certification, bookmark: { item, note: before }, onRemoved }: Props) {
  const { api } = useApp();
  const [note, setNote] = useState(before);
  const [done, setDone] = useState("");
  const [removing, setRemoving] = useState(false);
  const [problem, setProblem] = useState("");
  const name = `note-${item}`;
  const form = useForm(
    () => {
      setDone("");
      return { [name]: noteProblem(note) };
    },
    async () => {
      await saveBookmark(api, certification, item, { note });
      setDone(words.bookmarks.saved);
    },
  );
  const remove = async () => {
    if (removing) return;
    setRemoving(true);
    setProblem("");
    try {
      await removeBookmark(api, certification, item);
      onRemoved();
    } catch (error) {
      setProblem(asApiError(error).message);
      setRemoving(false);
    }
  };
  return (
    <form class="entries" ref={form.element} onSubmit={form.submit} noValidate>
      <TextArea
        name={name}
        label={words.bookmarks.note}
        hint={words.bookmarks.noteHint(NOTE_CHARS_MAX)}
        value={note}
        onValue={setNote}
        problem={form.problems[name]}
      />
      <Submit form={form} words={words.bookmarks.save} sending={words.bookmarks.saving} done={done}>
        <button type="button" class="button" aria-disabled={removing} onClick={() => void remove()}>
          {removing ? words.bookmarks.removing : words.bookmarks.remove}
        </button>
      </Submit>
      <p class="refusal" role="alert">
        {problem}
      </p>
    </form>
  );
}
