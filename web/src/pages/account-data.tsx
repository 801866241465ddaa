import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { deleteAccount, exportEverything } from "../api/account";
import { asApiError } from "../api/errors";
import { useApp } from "../app-context";
import { homePath } from "../paths";
import { useGo } from "../use-go";
import { words } from "../words";

const EXPORT_NAME = "learnr-export.json";
/** How long the browser gets to read what it saves, milliseconds. */
const SAVED_WITHIN_MS = 60_000;

/** Everything that is kept of the learner, as a file. */
export function ExportData() {
  const { api } = useApp();
  const [collecting, setCollecting] = useState(false);
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState("");
  const collect = async () => {
    if (collecting) return;
    setCollecting(true);
    setSaid("");
    setProblem("");
    try {
      saveAs(await exportEverything(api), EXPORT_NAME);
      setSaid(words.account.exported);
    } catch (error) {
      setProblem(asApiError(error).message);
    }
    setCollecting(false);
  };
  return (
    <section class="section">
      <h2>{words.account.exportTitle}</h2>
      <p>{words.account.exportWords}</p>
      <p class="row">
        <button type="button" class="button" aria-disabled={collecting} onClick={() => void collect()}>
          {collecting ? words.account.exporting : words.account.export}
        </button>
        <span role="status">{said}</span>
      </p>
      <p class="refusal" role="alert">
        {problem}
      </p>
    </section>
  );
}

/** The route takes a token, which a plain link cannot carry. */
function saveAs(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), SAVED_WITHIN_MS);
}

/** Deleting asks once, in the same place, without a dialog. */
export function DeleteAccount() {
  const { api, notice } = useApp();
  const go = useGo();
  const [asking, setAsking] = useState(false);
  const [deleting, setDeleting] = useState(false);
  const [problem, setProblem] = useState("");
  const first = useRef<HTMLButtonElement>(null);
  const keep = useRef<HTMLButtonElement>(null);
  const asked = useRef(false);
  useLayoutEffect(() => {
    // The harmless answer has the focus: Enter pressed twice deletes nothing.
    if (asking) keep.current?.focus();
    else if (asked.current) first.current?.focus();
    asked.current = asking;
  }, [asking]);
  const remove = async () => {
    if (deleting) return;
    setDeleting(true);
    setProblem("");
    try {
      await deleteAccount(api);
      notice.set(words.account.deleted);
      go(homePath);
    } catch (error) {
      setProblem(asApiError(error).message);
      setDeleting(false);
    }
  };
  return (
    <section class="section">
      <h2>{words.account.deleteTitle}</h2>
      <p>{words.account.deleteWords}</p>
      {asking ? (
        <div class="panel">
          <p>{words.account.deleteSure}</p>
          <p class="row">
            <button type="button" ref={keep} class="button primary" onClick={() => setAsking(false)}>
              {words.account.keep}
            </button>
            <button type="button" class="button" aria-disabled={deleting} onClick={() => void remove()}>
              {deleting ? words.account.deleting : words.account.deleteNow}
            </button>
          </p>
        </div>
      ) : (
        <button type="button" ref={first} class="button" onClick={() => setAsking(true)}>
          {words.account.delete}
        </button>
      )}
      <p class="refusal" role="alert">
        {problem}
      </p>
    </section>
  );
}
