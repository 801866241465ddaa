/** Owns which certifications somebody sees as their author. Pure: the server decides it again at each of them. */
import type { AccountView } from "@protocol";

/** Those one may open: an admin every one, an author those they are entered for; undefined without such a role. */
export function opened<C extends { readonly id: string }>(
  { roles, authored }: Pick<AccountView, "roles" | "authored">,
  certifications: readonly C[],
): readonly C[] | undefined {
  if (roles.includes("admin")) return certifications;
  if (!roles.includes("author")) return undefined;
  return certifications.filter(({ id }) => authored.includes(id));
}
