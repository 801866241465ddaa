/**
 * Owns which page an address means. Knows no page.
 */
import { Store } from "./store";

export type Route =
  | { readonly page: "home" }
  | { readonly page: "start"; readonly certification: string }
  | { readonly page: "session"; readonly id: string }
  | { readonly page: "summary"; readonly id: string }
  | { readonly page: "unknown" };

export function routeOf(pathname: string): Route {
  const parts = pathname.split("/").filter((part) => part !== "");
  const id = decoded(parts[1]);
  if (parts.length === 0) return { page: "home" };
  if (id === undefined) return { page: "unknown" };
  if (parts.length === 2 && parts[0] === "start") return { page: "start", certification: id };
  if (parts.length === 2 && parts[0] === "session") return { page: "session", id };
  if (parts.length === 3 && parts[0] === "session" && parts[2] === "summary") return { page: "summary", id };
  return { page: "unknown" };
}

function decoded(part: string | undefined): string | undefined {
  try {
    return part === undefined ? undefined : decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

export const homePath = "/";
export const startPath = (certification: string) => `/start/${encodeURIComponent(certification)}`;
export const sessionPath = (id: string) => `/session/${encodeURIComponent(id)}`;
export const summaryPath = (id: string) => `/session/${encodeURIComponent(id)}/summary`;

export class Router {
  readonly route: Store<Route>;

  constructor(private readonly page: Window) {
    this.route = new Store(routeOf(page.location.pathname));
    page.addEventListener("popstate", () => this.route.set(routeOf(page.location.pathname)));
  }

  go(path: string, how: "push" | "replace" = "push"): void {
    // `?debug` and its like stay with the learner from page to page.
    const address = path + this.page.location.search;
    if (how === "push") this.page.history.pushState(null, "", address);
    else this.page.history.replaceState(null, "", address);
    this.page.scrollTo(0, 0);
    this.route.set(routeOf(path));
  }
}
