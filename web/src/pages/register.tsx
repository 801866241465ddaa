import { useState } from "preact/hooks";
import { emailProblem, nameProblem } from "../account/checks";
import { register } from "../api/account";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Field, Submit } from "../components/fields";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { useForm } from "../components/use-form";
import { signInPath } from "../paths";
import { words } from "../words";

/** Asks for an account. What is said afterwards is the same for every address. */
export function RegisterPage() {
  const [sentTo, setSentTo] = useState<string>();
  return (
    <Chrome>
      {sentTo === undefined ? (
        <RegisterForm onSent={setSentTo} />
      ) : (
        <div class="panel">
          <Heading title={words.register.sent} />
          <p class="breaks">{words.register.sentWords(sentTo)}</p>
        </div>
      )}
    </Chrome>
  );
}

function RegisterForm({ onSent }: { readonly onSent: (email: string) => void }) {
  const { api } = useApp();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const form = useForm(
    () => ({
      email: emailProblem(email),
      name: nameProblem(name),
    }),
    async () => {
      await register(api, { email: email.trim(), name: name.trim() });
      onSent(email.trim());
    },
  );
  return (
    <>
      <Heading title={words.register.title} />
      <p>{api.isGuest() ? words.register.keep : words.register.keepNothing}</p>
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
        <Field
          name="name"
          label={words.fields.name}
          hint={words.fields.nameHint}
          autocomplete="name"
          value={name}
          onValue={setName}
          problem={form.problems.name}
        />
        <Submit form={form} words={words.register.submit} sending={words.register.sending} />
      </form>
      <p>
        <Link to={signInPath}>{words.register.signIn}</Link>
      </p>
    </>
  );
}
