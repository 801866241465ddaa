import type { AccountView } from "@protocol";
import { useState } from "preact/hooks";
import { deleteAccount, exportEverything } from "../api/account";
import { asApiError } from "../api/errors";
import { useApp } from "../app-context";
import { homePath } from "../paths";
import { saveFile } from "../save-file";
import { useGo } from "../use-go";
import { words } from "../words";
import { Sure, useAsking } from "./account-sure";

const EXPORT_NAME = "learnr-export.json";
/** The field of the password that deleting asks for. */
const PASSWORD = "delete-password";

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

/** Deleting asks once more. */
export function DeleteAccount({ account }: { readonly account: AccountView }) {
  const { api, notice } = useApp();
  const go = useGo();
  const { asking, ask, keep, first } = useAsking();
  const remove = async (password: string | null) => {
    await deleteAccount(api, password);
    notice.set(words.account.deleted);
    go(homePath);
  };
  const say = { sure: words.account.deleteSure, now: words.account.deleteNow, doing: words.account.deleting };
  return (
    <section class="section">
      <h2>{words.account.deleteTitle}</h2>
      <p>{words.account.deleteWords}</p>
      {asking ? (
        <div class="panel">
          <Sure account={account} field={PASSWORD} words={say} send={remove} onKeep={keep} />
        </div>
      ) : (
        <button type="button" ref={first} class="button" onClick={ask}>
          {words.account.delete}
        </button>
      )}
    </section>
  );
}
