import { type App, AppContext, useApp } from "./app-context";
import { Chrome } from "./components/chrome";
import { Heading } from "./components/heading";
import { Link } from "./components/link";
import { HomePage } from "./pages/home";
import { SessionPage } from "./pages/session";
import { StartPage } from "./pages/start";
import { SummaryPage } from "./pages/summary";
import { homePath } from "./router";
import { useStore } from "./store";

export function Root({ app }: { readonly app: App }) {
  return (
    <AppContext.Provider value={app}>
      <Page />
    </AppContext.Provider>
  );
}

function Page() {
  const route = useStore(useApp().router.route);
  switch (route.page) {
    case "home":
      return <HomePage />;
    case "start":
      return <StartPage key={route.certification} certification={route.certification} />;
    case "session":
      return <SessionPage key={route.id} id={route.id} />;
    case "summary":
      return <SummaryPage key={route.id} id={route.id} />;
    case "unknown":
      return <UnknownPage />;
  }
}

function UnknownPage() {
  return (
    <Chrome>
      <div class="panel">
        <Heading title="No such page" />
        <p>There is nothing at this address.</p>
        <Link to={homePath} class="button">
          Go home
        </Link>
      </div>
    </Chrome>
  );
}
