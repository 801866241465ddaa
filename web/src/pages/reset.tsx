import { useState } from "preact/hooks";
import { newPasswordProblem, PASSWORD_CHARS_MIN } from "../account/checks";
import { takeMailToken } from "../account/mail-token";
import { reset } from "../api/account";
import type { ApiError } from "../api/errors";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Field, Submit } from "../components/fields";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { useForm } from "../components/use-form";
import { forgotPath, homePath } from "../paths";
import { useGo } from "../use-go";
import { words } from "../words";

/** Chooses another password by the link in a mail. */
export function ResetPage() {
  const [token] = useState(() => takeMailToken(window));
  return (
    <Chrome>
      <Heading title={words.reset.title} />
      {token === "" ? (
        <div class="panel">
          <p>{words.confirm.missing}</p>
        </div>
      ) : (
        <ResetForm token={token} />
      )}
      <p>
        <Link to={forgotPath}>{words.reset.again}</Link>
      </p>
    </Chrome>
  );
}

function ResetForm({ token }: { readonly token: string }) {
  const { api, notice } = useApp();
  const go = useGo();
  const [password, setPassword] = useState("");
  const form = useForm(
    () => ({ password: newPasswordProblem(password) }),
    async () => {
      await reset(api, { token, password });
      notice.set(words.reset.done);
      go(homePath, "replace");
    },
    resetErrorWords,
  );
  return (
    <form class="entries" ref={form.element} onSubmit={form.submit} noValidate>
      <p>{words.reset.words}</p>
      <Field
        name="password"
        label={words.fields.newPassword}
        hint={words.fields.passwordHint(PASSWORD_CHARS_MIN)}
        type="password"
        autocomplete="new-password"
        value={password}
        onValue={setPassword}
        problem={form.problems.password}
      />
      <Submit form={form} words={words.reset.submit} sending={words.reset.sending} />
    </form>
  );
}

/** What is wrong with the password the server says best; what is wrong with the link is said here. */
function resetErrorWords({ code, message }: ApiError): string {
  return code === "unauthorized" || code === "not_found" ? words.confirm.refused : message;
}
