import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { deleteAccount, exportEverything } from "../api/account";
import { asApiError } from "../api/errors";
import { useApp } from "../app-context";
import { homePath } from "../paths";
import { saveFile } from "../save-file";
import { useGo } from "../use-go";
import { words } from "../words";

const EXPORT_NAME = "learnr-export.json";

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
      saveFile(await exportEverything(api), EXPORT_NAME);
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
