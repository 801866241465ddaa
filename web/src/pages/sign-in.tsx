import type { AccountView } from "@protocol";
import { useEffect, useState } from "preact/hooks";
import { emailProblem, passwordProblem } from "../account/checks";
import { providerProblem } from "../account/provider-problem";
import { signIn } from "../api/account";
import type { ApiError } from "../api/errors";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Field, Submit } from "../components/fields";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { Providers } from "../components/providers";
import { useForm } from "../components/use-form";
import { accountPath, forgotPath, homePath, registerPath } from "../paths";
import { useStore } from "../store";
import { useGo } from "../use-go";
import { words } from "../words";

/** Signing in with a password, or at a provider. */
export function SignInPage() {
  const { api } = useApp();
  const who = useStore(api.auth.who);
  // It stays in the address: finding out who is here begins the page anew.
  const problem = providerProblem(location.search);
  useEffect(() => {
    if (problem !== "") api.auth.expectNobody();
  }, [api, problem]);
  return (
    <Chrome>
      <Heading title={words.signIn.title} />
      {problem !== "" && who.kind !== "account" && (
        <p class="panel refusal" role="alert">
          {problem}
        </p>
      )}
      {who.kind === "account" ? <SignedInAlready account={who.account} /> : <SignInForm />}
    </Chrome>
  );
}

function SignedInAlready({ account: { name, email } }: { readonly account: AccountView }) {
  return (
    <div class="panel">
      <p dir="auto">{words.signIn.signedInAs(name || (email ?? words.account.none))}</p>
      <Link to={accountPath} class="button">
        {words.signIn.toAccount}
      </Link>
    </div>
  );
}

function SignInForm() {
  const { api } = useApp();
  const go = useGo();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const form = useForm(
    () => ({ email: emailProblem(email), password: passwordProblem(password) }),
    async () => {
      await signIn(api, { email: email.trim(), password });
      go(homePath, "replace");
    },
    signInErrorWords,
  );
  return (
    <>
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
          name="password"
          label={words.fields.password}
          type="password"
          autocomplete="current-password"
          value={password}
          onValue={setPassword}
          problem={form.problems.password}
        />
        <Submit form={form} words={words.signIn.submit} sending={words.signIn.sending} />
      </form>
      <Providers />
      <p>
        <Link to={forgotPath}>{words.signIn.forgot}</Link>
      </p>
      <p>
        <Link to={registerPath}>{words.signIn.register}</Link>
      </p>
      <p class="small quiet">{words.signIn.guest}</p>
    </>
  );
}

/** The same words whether the address is known or not. */
function signInErrorWords(error: ApiError): string {
  return error.code === "unauthorized" ? words.signIn.refused : error.message;
}
