import { LocationProvider, Route, Router, useLocation } from "preact-iso";
import { type App, AppContext } from "./app-context";
import { Announcer } from "./components/announcer";
import { Chrome } from "./components/chrome";
import { Heading } from "./components/heading";
import { Link } from "./components/link";
import { later } from "./later";
import { HomePage } from "./pages/home";
import { SessionPage } from "./pages/session";
import { StartPage } from "./pages/start";
import { SummaryPage } from "./pages/summary";
import {
  accountPath,
  adminAuditPath,
  adminClusterPath,
  adminHealthPath,
  adminPeoplePath,
  bookmarksPath,
  confirmPath,
  forgotPath,
  historyPath,
  homePath,
  isReadable,
  OWN_PATTERN,
  ownPath,
  PAST_PATTERN,
  PROGRESS_PATTERN,
  preferencesPath,
  REVIEW_PATTERN,
  registerPath,
  resetPath,
  SESSION_PATTERN,
  START_PATTERN,
  SUMMARY_PATTERN,
  signInPath,
  unsubscribePath,
} from "./paths";
import { useStore } from "./store";
import { words } from "./words";

const AccountPage = later(async () => (await import("./pages/account")).AccountPage);
const AdminAuditPage = later(async () => (await import("./pages/admin-audit")).AdminAuditPage);
const AdminClusterPage = later(async () => (await import("./pages/admin-cluster")).AdminClusterPage);
const AdminHealthPage = later(async () => (await import("./pages/admin-health")).AdminHealthPage);
const AdminPeoplePage = later(async () => (await import("./pages/admin-people")).AdminPeoplePage);
const BookmarksPage = later(async () => (await import("./pages/bookmarks")).BookmarksPage);
const ConfirmPage = later(async () => (await import("./pages/confirm")).ConfirmPage);
const ForgotPage = later(async () => (await import("./pages/forgot")).ForgotPage);
const HistoryPage = later(async () => (await import("./pages/history")).HistoryPage);
const OwnPage = later(async () => (await import("./pages/own")).OwnPage);
const OwnerPage = later(async () => (await import("./pages/owner")).OwnerPage);
const PastSessionPage = later(async () => (await import("./pages/past-session")).PastSessionPage);
const PreferencesPage = later(async () => (await import("./pages/preferences")).PreferencesPage);
const ProgressPage = later(async () => (await import("./pages/progress")).ProgressPage);
const RegisterPage = later(async () => (await import("./pages/register")).RegisterPage);
const ResetPage = later(async () => (await import("./pages/reset")).ResetPage);
const ReviewPage = later(async () => (await import("./pages/review")).ReviewPage);
const UnsubscribePage = later(async () => (await import("./pages/unsubscribe")).UnsubscribePage);
const SignInPage = later(async () => (await import("./pages/sign-in")).SignInPage);

/** Only the app's own pages: a link to a route of the server's is the browser's to follow. */
const PAGES = /^\/(?!v1\/)/;

export function Root({ app }: { readonly app: App }) {
  return (
    <AppContext.Provider value={app}>
      <LocationProvider scope={PAGES}>
        <Pages app={app} />
        <Announcer />
      </LocationProvider>
    </AppContext.Provider>
  );
}

/** The session and what leads to it are in the first load: a summary has to come when the network is gone. */
function Pages({ app }: { readonly app: App }) {
  const { path } = useLocation();
  // Somebody else is here: every page begins anew.
  const generation = useStore(app.api.auth.generation);
  if (!isReadable(path)) return <UnknownPage />;
  return (
    <Router key={generation}>
      <Route path={homePath} component={HomePage} />
      <Route path={START_PATTERN} component={StartRoute} />
      <Route path={SESSION_PATTERN} component={SessionRoute} />
      <Route path={SUMMARY_PATTERN} component={SummaryRoute} />
      <Route path={accountPath} component={AccountPage} />
      <Route path={adminAuditPath} component={AdminAuditPage} />
      <Route path={adminClusterPath} component={AdminClusterPage} />
      <Route path={adminHealthPath} component={AdminHealthPage} />
      <Route path={adminPeoplePath} component={AdminPeoplePage} />
      <Route path={bookmarksPath} component={BookmarksPage} />
      <Route path={confirmPath} component={ConfirmPage} />
      <Route path={unsubscribePath} component={UnsubscribePage} />
      <Route path={forgotPath} component={ForgotPage} />
      <Route path={historyPath} component={HistoryPage} />
      <Route path={PAST_PATTERN} component={PastSessionPage} />
      <Route path={ownPath} component={OwnPage} />
      <Route path={OWN_PATTERN} component={OwnerPage} />
      <Route path={preferencesPath} component={PreferencesPage} />
      <Route path={PROGRESS_PATTERN} component={ProgressPage} />
      <Route path={registerPath} component={RegisterPage} />
      <Route path={resetPath} component={ResetPage} />
      <Route path={REVIEW_PATTERN} component={ReviewPage} />
      <Route path={signInPath} component={SignInPage} />
      <Route default component={UnknownPage} />
    </Router>
  );
}

// The router keeps a page when only its parameters change; a page of another id is another page.
function StartRoute({ certification = "" }: { readonly certification?: string }) {
  return <StartPage key={certification} certification={certification} />;
}

function SessionRoute({ id = "" }: { readonly id?: string }) {
  return <SessionPage key={id} id={id} />;
}

function SummaryRoute({ id = "" }: { readonly id?: string }) {
  return <SummaryPage key={id} id={id} />;
}

function UnknownPage() {
  return (
    <Chrome>
      <div class="panel">
        <Heading title={words.unknown.title} />
        <p>{words.unknown.words}</p>
        <Link to={homePath} class="button">
          {words.unknown.home}
        </Link>
      </div>
    </Chrome>
  );
}
