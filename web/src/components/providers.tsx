import type { ProviderInfo } from "@protocol";
import { useEffect, useState } from "preact/hooks";
import { providers, startProvider } from "../api/account";
import { asApiError } from "../api/errors";
import { useApp } from "../app-context";
import { useLoaded } from "../use-loaded";
import { words } from "../words";

/**
 * A button for each provider one can sign in at. None unless configured, and none on another origin than the server's, where
 * its cookies do not reach; a list that cannot be loaded is no reason to say more than that passwords work.
 */
export function Providers() {
  const { api } = useApp();
  const list = useLoaded(async () => (api.auth.hasCookies ? providers(api) : []), "providers");
  if (list.kind !== "loaded" || list.value.length === 0) return null;
  return (
    <section class="entries" aria-labelledby="providers">
      <h2 id="providers">{words.providers.title}</h2>
      <Buttons list={list.value} />
      {api.isGuest() && <p class="small quiet">{words.providers.guest}</p>}
    </section>
  );
}

function Buttons({ list }: { readonly list: readonly ProviderInfo[] }) {
  const { api } = useApp();
  const [problem, setProblem] = useState("");
  const [leaving, setLeaving] = useState("");
  // Somebody who goes back finds the page as it was kept: nobody is leaving any more.
  useEffect(() => {
    const back = () => setLeaving("");
    window.addEventListener("pageshow", back);
    return () => window.removeEventListener("pageshow", back);
  }, []);
  const start = async ({ id }: ProviderInfo) => {
    if (leaving !== "") return;
    setProblem("");
    setLeaving(id);
    try {
      location.assign(await startProvider(api, id));
    } catch (error) {
      setProblem(asApiError(error).message);
      setLeaving("");
    }
  };
  return (
    <>
      {list.map((provider) => (
        // Never disabled while it leaves: it would lose the focus. A second press does nothing.
        <button
          key={provider.id}
          type="button"
          class="button breaks"
          aria-disabled={leaving !== ""}
          onClick={() => void start(provider)}
        >
          <span dir="auto">
            {leaving === provider.id
              ? words.providers.leaving(provider.name)
              : words.providers.with(provider.name)}
          </span>
        </button>
      ))}
      <p class="refusal" role="alert">
        {problem}
      </p>
    </>
  );
}
