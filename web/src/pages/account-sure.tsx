/**
 * Owns asking once more, in the same place and without a dialog, before something of the account goes; for the password too, where
 * there is one.
 */
import type { AccountView } from "@protocol";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { passwordProblem } from "../account/checks";
import { Field } from "../components/fields";
import { useForm } from "../components/use-form";
import { words } from "../words";
import { passwordErrorWords } from "./account-forms";

export interface Asking {
  readonly asking: boolean;
  readonly ask: () => void;
  readonly keep: () => void;
  /** The button that asks: the focus comes back to it. */
  readonly first: RefObject<HTMLButtonElement | null>;
}

export function useAsking(): Asking {
  const [asking, setAsking] = useState(false);
  const first = useRef<HTMLButtonElement>(null);
  const asked = useRef(false);
  useLayoutEffect(() => {
    if (!asking && asked.current) first.current?.focus();
    asked.current = asking;
  }, [asking]);
  return { asking, ask: () => setAsking(true), keep: () => setAsking(false), first };
}

interface SureProps {
  readonly account: AccountView;
  /** Name of the field of the password. */
  readonly field: string;
  readonly words: { readonly sure: string; readonly now: string; readonly doing: string };
  /** `password`: null where the account has none. */
  readonly send: (password: string | null) => Promise<void>;
  readonly onKeep: () => void;
}

export function Sure({ account, field, words: say, send, onKeep }: SureProps) {
  const { email, has_password } = account;
  const [password, setPassword] = useState("");
  const form = useForm(
    () => ({ [field]: has_password ? passwordProblem(password) : undefined }),
    () => send(has_password ? password : null),
    passwordErrorWords,
  );
  useLayoutEffect(() => {
    // Enter pressed twice does nothing: it meets a password that is missing, or the harmless answer.
    form.element.current?.querySelector<HTMLElement>(`#${field}, [data-keep]`)?.focus();
  }, []);
  return (
    <form class="entries" ref={form.element} onSubmit={form.submit} noValidate>
      <p>{say.sure}</p>
      {has_password && (
        <>
          <input type="hidden" name="username" autocomplete="username" value={email ?? ""} />
          <Field
            name={field}
            label={words.account.current}
            type="password"
            autocomplete="current-password"
            value={password}
            onValue={setPassword}
            problem={form.problems[field]}
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
          {form.sending ? say.doing : say.now}
        </button>
      </p>
    </form>
  );
}
