import type { AccountView } from "@protocol";
import { useState } from "preact/hooks";
import { account } from "../api/account";
import { asApiError } from "../api/errors";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { Failed, Loading } from "../components/page-state";
import { homePath, preferencesPath, registerPath, signInPath } from "../paths";
import { useStore } from "../store";
import { useGo } from "../use-go";
import { useLoaded } from "../use-loaded";
import { words } from "../words";
import { DeleteAccount, ExportData } from "./account-data";
import { EmailForm, NameForm, PasswordForm } from "./account-forms";
import { Providers } from "./account-providers";
import { SignIns } from "./account-sign-ins";

/** The account, or the way to one. */
export function AccountPage() {
  const { api } = useApp();
  const who = useStore(api.auth.who);
  return (
    <Chrome>
      <Heading title={words.account.title} />
      {who.kind === "guest" ? <Guest /> : <Held />}
    </Chrome>
  );
}

function Guest() {
  return (
    <>
      <div class="panel">
        <h2>{words.account.guest}</h2>
        <p>{words.account.guestWords}</p>
        <p class="row">
          <Link to={registerPath} class="button primary">
            {words.register.title}
          </Link>
          <Link to={signInPath} class="button">
            {words.signIn.title}
          </Link>
        </p>
      </div>
      <p>
        <Link to={preferencesPath}>{words.account.preferences}</Link>
      </p>
    </>
  );
}

function Held() {
  const { api } = useApp();
  const content = useLoaded(() => account(api), "account");
  if (content.kind === "loading") return <Loading what={words.account.what} />;
  if (content.kind === "failed") return <Failed error={content.error} again={content.again} />;
  return <Sections account={content.value} />;
}

function Sections({ account }: { readonly account: AccountView }) {
  return (
    <>
      <p class="breaks">
        {account.email ?? words.account.none}
        <br />
        <span class="quiet small">{words.account.since(account.created_ms)}</span>
      </p>
      <SignOut />
      <p>
        <Link to={preferencesPath}>{words.account.preferences}</Link>
      </p>
      <NameForm name={account.name} />
      {account.has_password ? (
        <>
          <PasswordForm email={account.email ?? ""} />
          <EmailForm />
        </>
      ) : (
        <section class="section">
          <h2>{words.account.passwordTitle}</h2>
          <p>{words.account.noPassword}</p>
        </section>
      )}
      <SignIns />
      <Providers account={account} />
      <ExportData />
      <DeleteAccount account={account} />
    </>
  );
}

function SignOut() {
  const { api } = useApp();
  const go = useGo();
  const [leaving, setLeaving] = useState(false);
  const [problem, setProblem] = useState("");
  const leave = async () => {
    if (leaving) return;
    setLeaving(true);
    setProblem("");
    try {
      await api.auth.signOut();
      go(homePath);
    } catch (error) {
      setProblem(asApiError(error).message);
      setLeaving(false);
    }
  };
  return (
    <div>
      <button type="button" class="button" aria-disabled={leaving} onClick={() => void leave()}>
        {leaving ? words.account.signingOut : words.account.signOut}
      </button>
      <p class="refusal" role="alert">
        {problem}
      </p>
    </div>
  );
}
