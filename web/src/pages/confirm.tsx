import { useState } from "preact/hooks";
import { takeMailToken } from "../account/mail-token";
import { confirm } from "../api/account";
import type { ApiError } from "../api/errors";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Submit } from "../components/fields";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { useForm } from "../components/use-form";
import { homePath, registerPath } from "../paths";
import { useGo } from "../use-go";
import { words } from "../words";

/** Where the link in a mail leads. A press confirms, not the opening: programs that look at mails open links too. */
export function ConfirmPage() {
  const { api, notice } = useApp();
  const go = useGo();
  const [token] = useState(() => takeMailToken(window));
  const form = useForm(
    () => ({}),
    async () => {
      await confirm(api, { token });
      notice.set(words.confirm.done);
      go(homePath, "replace");
    },
    mailErrorWords,
  );
  return (
    <Chrome>
      <Heading title={words.confirm.title} />
      {token === "" ? (
        <div class="panel">
          <p>{words.confirm.missing}</p>
        </div>
      ) : (
        <form class="entries" ref={form.element} onSubmit={form.submit}>
          <p>{words.confirm.words}</p>
          <Submit form={form} words={words.confirm.submit} sending={words.confirm.sending} />
        </form>
      )}
      {(token === "" || form.refusal !== "") && (
        <p>
          <Link to={registerPath}>{words.confirm.register}</Link>
        </p>
      )}
    </Chrome>
  );
}

/** A link that no longer works, in words that say what to do. */
function mailErrorWords({ code, message }: ApiError): string {
  return code === "unauthorized" || code === "not_found" || code === "bad_request"
    ? words.confirm.refused
    : message;
}
