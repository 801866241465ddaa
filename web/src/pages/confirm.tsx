import type { LinkView } from "@protocol";
import { useState } from "preact/hooks";
import { newPasswordProblem, PASSWORD_CHARS_MIN } from "../account/checks";
import { takeMailToken } from "../account/mail-token";
import { confirm, openLink } from "../api/account";
import type { ApiError } from "../api/errors";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Field, Submit } from "../components/fields";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { Failed, Loading } from "../components/page-state";
import { type Form, type Problems, useForm } from "../components/use-form";
import { homePath, registerPath, signInPath } from "../paths";
import { useGo } from "../use-go";
import { useLoaded } from "../use-loaded";
import { words } from "../words";

/** Where the link in a mail leads. A press confirms, not the opening: programs that look at mails open links too. */
export function ConfirmPage() {
  const [token] = useState(() => takeMailToken(window));
  return (
    <Chrome>
      <Heading title={words.confirm.title} />
      {token === "" ? <NoLink words={words.confirm.missing} /> : <Opened token={token} />}
    </Chrome>
  );
}

/** First of all what the link is for and for whom: whoever asked for it may be somebody else. */
function Opened({ token }: { readonly token: string }) {
  const { api } = useApp();
  const link = useLoaded(() => openLink(api, token), token);
  if (link.kind === "loading") return <Loading what={words.confirm.what} />;
  if (link.kind === "failed") {
    if (isSpent(link.error)) return <NoLink words={words.confirm.refused} />;
    return <Failed error={link.error} again={link.again} />;
  }
  const { purpose, asker, email } = link.value;
  if (purpose === "register") return <NewAccount token={token} link={link.value} />;
  if (purpose === "reset") return <NoLink words={words.confirm.missing} />;
  if (asker === "you") return <NewAddress token={token} email={email} />;
  return (
    <div class="panel">
      <p class="breaks">{words.confirm.addressNotYours(email)}</p>
      <p>
        <Link to={signInPath}>{words.confirm.signIn}</Link>
      </p>
    </div>
  );
}

/** The password is chosen here, by who reads the mailbox. */
function NewAccount({ token, link }: { readonly token: string; readonly link: LinkView }) {
  const [password, setPassword] = useState("");
  const { email, name, asker } = link;
  const check = () => ({ password: newPasswordProblem(password) });
  const form = useConfirm(token, check, password, asker === "you");
  return (
    <form class="entries" ref={form.element} onSubmit={form.submit} noValidate>
      <p class="breaks" dir="auto">
        {words.confirm.forWhom(email, name)}
      </p>
      {asker !== "nobody" && <p>{asker === "you" ? words.confirm.kept : words.confirm.left}</p>}
      <p class="small quiet">{words.confirm.notYou}</p>
      <input type="hidden" name="username" autocomplete="username" value={email} />
      <Field
        name="password"
        label={words.fields.password}
        hint={words.fields.passwordHint(PASSWORD_CHARS_MIN)}
        type="password"
        autocomplete="new-password"
        value={password}
        onValue={setPassword}
        problem={form.problems.password}
      />
      <Submit form={form} words={words.confirm.make} sending={words.confirm.sending} />
      <AskAgain form={form} />
    </form>
  );
}

function NewAddress({ token, email }: { readonly token: string; readonly email: string }) {
  const form = useConfirm(token, () => ({}), null, false);
  return (
    <form class="entries" ref={form.element} onSubmit={form.submit}>
      <p class="breaks">{words.confirm.address(email)}</p>
      <Submit form={form} words={words.confirm.submit} sending={words.confirm.sending} />
    </form>
  );
}

/** `password`: null where the link asks for none. `keeps`: the guest here becomes the account. */
function useConfirm(token: string, check: () => Problems, password: string | null, keeps: boolean): Form {
  const { api, notice } = useApp();
  const go = useGo();
  return useForm(
    check,
    async () => {
      await confirm(api, { token, password }, keeps);
      notice.set(words.confirm.done);
      go(homePath, "replace");
    },
    (error) => (isSpent(error) ? words.confirm.refused : error.message),
  );
}

function NoLink({ words: said }: { readonly words: string }) {
  return (
    <>
      <div class="panel">
        <p>{said}</p>
      </div>
      <p>
        <Link to={registerPath}>{words.confirm.register}</Link>
      </p>
    </>
  );
}

/** Where a refusal may be that the link has run out meanwhile. */
function AskAgain({ form }: { readonly form: Form }) {
  return form.refusal === words.confirm.refused ? (
    <p>
      <Link to={registerPath}>{words.confirm.register}</Link>
    </p>
  ) : null;
}

/** A link that no longer works. What is wrong with the password the server says best. */
function isSpent({ code }: ApiError): boolean {
  return code === "not_found" || code === "unauthorized";
}
