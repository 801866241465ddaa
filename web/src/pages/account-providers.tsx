import type { AccountView, IdentityView } from "@protocol";
import { useRef, useState } from "preact/hooks";
import { endIdentity, identities } from "../api/account";
import { useApp } from "../app-context";
import { Failed } from "../components/page-state";
import { useLoaded } from "../use-loaded";
import { words } from "../words";
import { Sure, useAsking } from "./account-sure";

/** The field of the password that removing a provider asks for. */
const PASSWORD = "provider-password";

/** The providers that sign in to the account, each with a way to remove it. Nothing where there is none. */
export function Providers({ account }: { readonly account: AccountView }) {
  const { api, announcement } = useApp();
  const [turn, setTurn] = useState(0);
  const list = useLoaded(() => identities(api), String(turn));
  const shown = useRef<readonly IdentityView[]>(undefined);
  const cards = useRef<HTMLUListElement>(null);
  if (list.kind === "loaded") shown.current = list.value;
  // Most accounts have none: nothing is drawn that would go again.
  if (list.kind !== "failed" && (shown.current ?? []).length === 0) return null;
  const ended = () => {
    announcement.set(words.account.providerEnded);
    // What was pressed goes with its provider, and the list with the last one.
    const last = shown.current?.length === 1;
    (last ? document.getElementById("main") : cards.current)?.focus();
    setTurn((n) => n + 1);
  };
  return (
    <section class="section">
      <h2>{words.account.providersTitle}</h2>
      {list.kind === "failed" && <Failed error={list.error} again={list.again} />}
      {list.kind !== "failed" && shown.current && (
        <ul class="cards" ref={cards} tabIndex={-1}>
          {shown.current.map((one) => (
            <Provider key={one.id} identity={one} account={account} onEnd={ended} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface ProviderProps {
  readonly identity: IdentityView;
  readonly account: AccountView;
  readonly onEnd: () => void;
}

/** Removing asks once more. */
function Provider({ identity, account, onEnd }: ProviderProps) {
  const { api } = useApp();
  const { asking, ask, keep, first } = useAsking();
  const remove = async (password: string | null) => {
    await endIdentity(api, identity.id, password ?? "");
    onEnd();
  };
  const name = identity.provider ?? identity.issuer;
  const { endProviderSure: sure, endProviderNow: now, endingProvider: doing } = words.account;
  return (
    <li class="card" data-provider={identity.id}>
      <p class="breaks" dir="auto">
        {name}
      </p>
      <p class="quiet small">{words.account.providerSince(identity.created_ms)}</p>
      {asking ? (
        <Sure account={account} field={PASSWORD} words={{ sure, now, doing }} send={remove} onKeep={keep} />
      ) : (
        <button
          type="button"
          ref={first}
          class="button"
          aria-label={words.account.endProviderOf(name)}
          onClick={ask}
        >
          {words.account.endProvider}
        </button>
      )}
    </li>
  );
}
