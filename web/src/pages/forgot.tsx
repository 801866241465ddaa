import { useState } from "preact/hooks";
import { emailProblem } from "../account/checks";
import { forgot } from "../api/account";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Field, Submit } from "../components/fields";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { useForm } from "../components/use-form";
import { signInPath } from "../paths";
import { words } from "../words";

/** Asks for a mail. What is said afterwards is the same for every address. */
export function ForgotPage() {
  const [sentTo, setSentTo] = useState<string>();
  return (
    <Chrome>
      {sentTo === undefined ? (
        <ForgotForm onSent={setSentTo} />
      ) : (
        <div class="panel">
          <Heading title={words.forgot.sent} />
          <p class="breaks">{words.forgot.sentWords(sentTo)}</p>
        </div>
      )}
      <p>
        <Link to={signInPath}>{words.forgot.signIn}</Link>
      </p>
    </Chrome>
  );
}

function ForgotForm({ onSent }: { readonly onSent: (email: string) => void }) {
  const { api } = useApp();
  const [email, setEmail] = useState("");
  const form = useForm(
    () => ({ email: emailProblem(email) }),
    async () => {
      await forgot(api, { email: email.trim() });
      onSent(email.trim());
    },
  );
  return (
    <>
      <Heading title={words.forgot.title} />
      <p>{words.forgot.words}</p>
      <form class="entries" ref={form.element} onSubmit={form.submit} noValidate>
        <Field
          name="email"
          label={words.fields.email}
          type="email"
          autocomplete="username"
          value={email}
          onValue={setEmail}
          problem={form.problems.email}
        />
        <Submit form={form} words={words.forgot.submit} sending={words.forgot.sending} />
      </form>
    </>
  );
}
