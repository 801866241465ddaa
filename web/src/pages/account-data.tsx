import type { AccountView } from "@protocol";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { passwordProblem } from "../account/checks";
import { deleteAccount, exportEverything } from "../api/account";
import { asApiError } from "../api/errors";
import { useApp } from "../app-context";
import { Field } from "../components/fields";
import { useForm } from "../components/use-form";
import { homePath } from "../paths";
import { saveFile } from "../save-file";
import { useGo } from "../use-go";
import { words } from "../words";
import { passwordErrorWords } from "./account-forms";

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

/** Deleting asks once, in the same place, without a dialog, and for the password where there is one. */
export function DeleteAccount({ account }: { readonly account: AccountView }) {
  const [asking, setAsking] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  const asked = useRef(false);
  useLayoutEffect(() => {
    if (!asking && asked.current) first.current?.focus();
    asked.current = asking;
  }, [asking]);
  return (
    <section class="section">
      <h2>{words.account.deleteTitle}</h2>
      <p>{words.account.deleteWords}</p>
      {asking ? (
        <Sure account={account} onKeep={() => setAsking(false)} />
      ) : (
        <button type="button" ref={first} class="button" onClick={() => setAsking(true)}>
          {words.account.delete}
        </button>
      )}
    </section>
  );
}

interface SureProps {
  readonly account: AccountView;
  readonly onKeep: () => void;
}

function Sure({ account: { email, has_password }, onKeep }: SureProps) {
  const { api, notice } = useApp();
  const go = useGo();
  const [password, setPassword] = useState("");
  const panel = useRef<HTMLDivElement>(null);
  const form = useForm(
    () => ({ [PASSWORD]: has_password ? passwordProblem(password) : undefined }),
    async () => {
      await deleteAccount(api, has_password ? password : null);
      notice.set(words.account.deleted);
      go(homePath);
    },
    passwordErrorWords,
  );
  useLayoutEffect(() => {
    // Enter pressed twice deletes nothing: it meets a password that is missing, or the harmless answer.
    panel.current?.querySelector<HTMLElement>(`#${PASSWORD}, [data-keep]`)?.focus();
  }, []);
  return (
    <div class="panel" ref={panel}>
      <form class="entries" ref={form.element} onSubmit={form.submit} noValidate>
        <p>{words.account.deleteSure}</p>
        {has_password && (
          <>
            <input type="hidden" name="username" autocomplete="username" value={email ?? ""} />
            <Field
              name={PASSWORD}
              label={words.account.current}
              type="password"
              autocomplete="current-password"
              value={password}
              onValue={setPassword}
              problem={form.problems[PASSWORD]}
            />
          </>
        )}
        <p class="refusal" role="alert" tabIndex={-1} data-refusal>
          {form.refusal}
        </p>
        <p class="row">
          <button type="button" class="button primary" data-keep onClick={onKeep}>
            {words.account.keep}
          </button>
          <button type="submit" class="button" aria-disabled={form.sending}>
            {form.sending ? words.account.deleting : words.account.deleteNow}
          </button>
        </p>
      </form>
    </div>
  );
}
