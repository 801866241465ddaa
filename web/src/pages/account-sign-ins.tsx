import type { SignInView } from "@protocol";
import { useRef, useState } from "preact/hooks";
import { endOtherSignIns, endSignIn, signIns } from "../api/account";
import { asApiError } from "../api/errors";
import { useApp } from "../app-context";
import { Failed, Loading } from "../components/page-state";
import { useLoaded } from "../use-loaded";
import { words } from "../words";

/** The devices that are signed in, each with a way to sign it out. */
export function SignIns() {
  const { api } = useApp();
  const [turn, setTurn] = useState(0);
  const list = useLoaded(() => signIns(api), String(turn));
  // What is shown stays while it is asked for anew: the page does not jump.
  const shown = useRef<readonly SignInView[]>(undefined);
  if (list.kind === "loaded") shown.current = list.value;
  return (
    <section class="section">
      <h2>{words.account.devicesTitle}</h2>
      {list.kind === "loading" && shown.current === undefined && <Loading what={words.account.devices} />}
      {list.kind === "failed" && <Failed error={list.error} again={list.again} />}
      {list.kind !== "failed" && shown.current && (
        <Devices list={shown.current} onChange={() => setTurn((n) => n + 1)} />
      )}
    </section>
  );
}

interface DevicesProps {
  readonly list: readonly SignInView[];
  readonly onChange: () => void;
}

function Devices({ list, onChange }: DevicesProps) {
  const { api, announcement } = useApp();
  const [ending, setEnding] = useState(false);
  const [problem, setProblem] = useState("");
  const devices = useRef<HTMLUListElement>(null);
  const end = async (work: () => Promise<void>) => {
    if (ending) return;
    setEnding(true);
    setProblem("");
    try {
      await work();
      announcement.set(words.account.ended);
      // The button that was pressed goes with its device.
      devices.current?.focus();
      onChange();
    } catch (error) {
      setProblem(asApiError(error).message);
    }
    setEnding(false);
  };
  const others = list.some(({ current }) => !current);
  return (
    <>
      <ul class="cards" ref={devices} tabIndex={-1}>
        {list.map((one) => (
          <Device key={one.id} device={one} onEnd={() => void end(() => endSignIn(api, one.id))} />
        ))}
      </ul>
      {others ? (
        <button
          type="button"
          class="button"
          aria-disabled={ending}
          onClick={() => void end(() => endOtherSignIns(api))}
        >
          {words.account.endOthers}
        </button>
      ) : (
        <p class="quiet small">{words.account.onlyThis}</p>
      )}
      <p class="refusal" role="alert">
        {problem}
      </p>
    </>
  );
}

function Device({ device, onEnd }: { readonly device: SignInView; readonly onEnd: () => void }) {
  const agent = device.agent === "" ? words.account.unnamed : device.agent;
  return (
    <li class="card">
      <p class="breaks">
        {agent} {device.current && <strong>({words.account.thisOne})</strong>}
      </p>
      <p class="quiet small">{words.account.usedSince(device.used_ms, device.created_ms)}</p>
      {!device.current && (
        <button type="button" class="button" aria-label={words.account.endOf(agent)} onClick={onEnd}>
          {words.account.end}
        </button>
      )}
    </li>
  );
}
