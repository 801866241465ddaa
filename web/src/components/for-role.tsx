import type { AccountRole } from "@protocol";
import type { ComponentChildren } from "preact";
import type { ApiError } from "../api/errors";
import { useApp } from "../app-context";
import { signInPath } from "../paths";
import { useStore } from "../store";
import { useLoaded } from "../use-loaded";
import { words } from "../words";
import { Link } from "./link";
import { Failed, Loading } from "./page-state";

interface ForRoleProps {
  readonly needs: AccountRole;
  readonly children: ComponentChildren;
}

/**
 * A page for who has a role. Guests are told so without asking the server, which would make a guest to be refused; whoever
 * has an account is asked about: the server knows of a role sooner than this page.
 */
export function ForRole({ needs, children }: ForRoleProps) {
  const { api } = useApp();
  const who = useStore(api.auth.who);
  const known = useLoaded(() => api.auth.token(), "who");
  if (known.kind === "loading") return <Loading what={words.role.who} />;
  if (known.kind === "failed") return <Failed error={known.error} again={known.again} />;
  if (who.kind === "account") return <>{children}</>;
  return (
    <div class="panel" data-needs={needs}>
      <p>{words.role.guest[needs]}</p>
      <Link to={signInPath} class="button primary">
        {words.signIn.title}
      </Link>
    </div>
  );
}

interface FailedForProps {
  readonly error: ApiError;
  readonly again: () => void;
  readonly needs: AccountRole;
}

/** What went wrong; a refusal with what it takes. */
export function FailedFor({ error, again, needs }: FailedForProps) {
  if (error.code !== "forbidden") return <Failed error={error} again={again} />;
  return <RefusedFor needs={needs} again={again} />;
}

/** Which role it takes, and which there are. */
export function RefusedFor({ needs, again }: Omit<FailedForProps, "error">) {
  const { api } = useApp();
  const who = useStore(api.auth.who);
  const roles = who.kind === "account" ? who.account.roles.map((role) => words.role.names[role]) : [];
  return (
    <div class="panel" data-failed="forbidden" data-needs={needs}>
      <p role="alert">{words.role.refused[needs]}</p>
      <p>{words.role.yours(roles)}</p>
      <p class="quiet small">{words.role.stale}</p>
      <button type="button" class="button" onClick={again}>
        {words.state.again}
      </button>
    </div>
  );
}
