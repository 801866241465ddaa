import { useState } from "preact/hooks";
import { takeMailToken } from "../account/mail-token";
import { stopReminders } from "../api/account";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Submit } from "../components/fields";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { useForm } from "../components/use-form";
import { preferencesPath } from "../paths";
import { words } from "../words";

/** Ends reminders by the link in one of them. A press does it, not the opening: programs that look at mails open links too. */
export function UnsubscribePage() {
  const { api } = useApp();
  const [token] = useState(() => takeMailToken(window));
  const [done, setDone] = useState("");
  const form = useForm(
    () => ({}),
    async () => {
      await stopReminders(api, token);
      setDone(words.unsubscribe.done);
    },
    ({ code, message }) =>
      code === "not_found" || code === "bad_request" ? words.unsubscribe.refused : message,
  );
  return (
    <Chrome>
      <Heading title={words.unsubscribe.title} />
      {token === "" ? (
        <div class="panel">
          <p>{words.unsubscribe.refused}</p>
        </div>
      ) : (
        <form class="entries" ref={form.element} onSubmit={form.submit}>
          <p>{words.unsubscribe.words}</p>
          <Submit
            form={form}
            words={words.unsubscribe.submit}
            sending={words.unsubscribe.sending}
            done={done}
          />
        </form>
      )}
      <p>
        <Link to={preferencesPath}>{words.unsubscribe.preferences}</Link>
      </p>
    </Chrome>
  );
}
