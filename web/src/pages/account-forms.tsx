import { useState } from "preact/hooks";
import {
  emailProblem,
  nameProblem,
  newPasswordProblem,
  PASSWORD_CHARS_MIN,
  passwordProblem,
} from "../account/checks";
import { changeAccount, changeEmail, changePassword } from "../api/account";
import type { ApiError } from "../api/errors";
import { useApp } from "../app-context";
import { Field, Submit } from "../components/fields";
import { useForm } from "../components/use-form";
import { words } from "../words";

/** That the password is mistyped is said of its field; everything else the server says best. */
export function passwordErrorWords({ code, message }: ApiError): string {
  return code === "wrong_password" ? words.account.currentWrong : message;
}

/** What one is called. */
export function NameForm({ name: before }: { readonly name: string }) {
  const { api } = useApp();
  const [name, setName] = useState(before);
  const [done, setDone] = useState("");
  const form = useForm(
    () => {
      setDone("");
      return { name: nameProblem(name) };
    },
    async () => {
      await changeAccount(api, { name: name.trim() });
      setDone(words.account.saved);
    },
  );
  return (
    <section class="section">
      <h2>{words.account.nameTitle}</h2>
      <form class="entries" ref={form.element} onSubmit={form.submit} noValidate>
        <Field
          name="name"
          label={words.account.nameLabel}
          hint={words.fields.nameHint}
          autocomplete="name"
          value={name}
          onValue={setName}
          problem={form.problems.name}
        />
        <Submit form={form} words={words.account.save} sending={words.account.saving} done={done} />
      </form>
    </section>
  );
}

/** Another password. `email`: for password managers, which keep the two together. */
export function PasswordForm({ email }: { readonly email: string }) {
  const { api } = useApp();
  const [current, setCurrent] = useState("");
  const [chosen, setChosen] = useState("");
  const [done, setDone] = useState("");
  const form = useForm(
    () => {
      setDone("");
      return { current: passwordProblem(current), "new-password": newPasswordProblem(chosen) };
    },
    async () => {
      await changePassword(api, { current, new: chosen });
      setCurrent("");
      setChosen("");
      setDone(words.account.passwordSaved);
    },
    passwordErrorWords,
  );
  return (
    <section class="section">
      <h2>{words.account.passwordTitle}</h2>
      <form class="entries" ref={form.element} onSubmit={form.submit} noValidate>
        <p class="small quiet">{words.account.passwordOthers}</p>
        <input type="hidden" name="username" autocomplete="username" value={email} />
        <Field
          name="current"
          label={words.account.current}
          type="password"
          autocomplete="current-password"
          value={current}
          onValue={setCurrent}
          problem={form.problems.current}
        />
        <Field
          name="new-password"
          label={words.fields.newPassword}
          hint={words.fields.passwordHint(PASSWORD_CHARS_MIN)}
          type="password"
          autocomplete="new-password"
          value={chosen}
          onValue={setChosen}
          problem={form.problems["new-password"]}
        />
        <Submit form={form} words={words.account.passwordSave} sending={words.account.saving} done={done} />
      </form>
    </section>
  );
}

/** Another address. It changes when the mail to it is answered. */
export function EmailForm() {
  const { api } = useApp();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [done, setDone] = useState("");
  const form = useForm(
    () => {
      setDone("");
      return { "new-email": emailProblem(email), "email-password": passwordProblem(password) };
    },
    async () => {
      await changeEmail(api, { email: email.trim(), password });
      setDone(words.account.emailSaved(email.trim()));
      setEmail("");
      setPassword("");
    },
    passwordErrorWords,
  );
  return (
    <section class="section">
      <h2>{words.account.emailTitle}</h2>
      <form class="entries" ref={form.element} onSubmit={form.submit} noValidate>
        <Field
          name="new-email"
          label={words.account.emailNew}
          type="email"
          autocomplete="email"
          value={email}
          onValue={setEmail}
          problem={form.problems["new-email"]}
        />
        <Field
          name="email-password"
          label={words.account.current}
          type="password"
          autocomplete="current-password"
          value={password}
          onValue={setPassword}
          problem={form.problems["email-password"]}
        />
        <Submit form={form} words={words.account.emailSave} sending={words.forgot.sending} done={done} />
      </form>
    </section>
  );
}
