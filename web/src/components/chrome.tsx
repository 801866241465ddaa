import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";
import { useApp } from "../app-context";
import { accountPath, adminPeoplePath, bookmarksPath, historyPath, homePath, ownPath } from "../paths";
import { useStore } from "../store";
import { words } from "../words";
import { Link } from "./link";
import { NewVersion } from "./new-version";
import { OnlineLine } from "./online-line";

/** What frames every page: the way around, the one place for state, and a notice. */
export function Chrome({
  state,
  children,
}: {
  /** How a live session stands; pages without one say whether there is a network. */
  readonly state?: ComponentChildren;
  readonly children: ComponentChildren;
}) {
  return (
    <>
      <a href="#main" class="skip">
        {words.chrome.skip}
      </a>
      <header class="top">
        <div class="column top-row">
          <Link to={homePath} class="brand">
            {words.app}
          </Link>
          {state ?? <OnlineLine />}
        </div>
      </header>
      <Navigation />
      <main class="column" id="main" tabIndex={-1}>
        <Notice />
        {children}
        {/* Not in the middle of a live session. */}
        {state === undefined && <NewVersion />}
      </main>
    </>
  );
}

const PLACES = [
  { to: homePath, name: words.chrome.home },
  { to: historyPath, name: words.chrome.history },
  { to: bookmarksPath, name: words.chrome.bookmarks },
  { to: accountPath, name: words.chrome.account },
] as const;

/** Only for who has a role: `own` for authors and admins, `admin` for admins; each leads to a part of the app. */
const OWN = { to: ownPath, name: words.own.title, under: "/own" };
const ADMIN = { to: adminPeoplePath, name: words.admin.title, under: "/admin" };

function Navigation() {
  const { path } = useLocation();
  const { api } = useApp();
  const who = useStore(api.auth.who);
  const roles = who.kind === "account" ? who.account.roles : [];
  const parts = [...(roles.length > 0 ? [OWN] : []), ...(roles.includes("admin") ? [ADMIN] : [])];
  return (
    <nav class="column places" aria-label={words.chrome.navigation}>
      <ul>
        {PLACES.map(({ to, name }) => (
          <li key={to}>
            <Link to={to} current={path === to}>
              {name}
            </Link>
          </li>
        ))}
        {parts.map(({ to, name, under }) => (
          <li key={to}>
            <Link to={to} current={path === under || path.startsWith(`${under}/`)}>
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Notice() {
  const { notice } = useApp();
  const text = useStore(notice);
  if (text === "") return null;
  return (
    <div class="panel notice">
      <p>{text}</p>
      <button type="button" class="button quiet-button" onClick={() => notice.set("")}>
        {words.chrome.close}
      </button>
    </div>
  );
}
