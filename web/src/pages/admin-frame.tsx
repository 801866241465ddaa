import type { ComponentChildren } from "preact";
import { useLocation } from "preact-iso";
import { Chrome } from "../components/chrome";
import { ForRole } from "../components/for-role";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { adminAuditPath, adminClusterPath, adminHealthPath, adminPeoplePath } from "../paths";
import { words } from "../words";

const PLACES = [
  { to: adminPeoplePath, name: words.admin.people },
  { to: adminClusterPath, name: words.admin.cluster },
  { to: adminHealthPath, name: words.admin.health },
  { to: adminAuditPath, name: words.admin.audit },
] as const;

interface Props {
  readonly title: string;
  readonly children: ComponentChildren;
}

/** What frames the pages of admins: the way between them, and who may see what is in them. */
export function AdminFrame({ title, children }: Props) {
  const { path } = useLocation();
  return (
    <Chrome>
      <Heading title={title} />
      <nav class="places" aria-label={words.admin.navigation}>
        <ul>
          {PLACES.map(({ to, name }) => (
            <li key={to}>
              <Link to={to} current={path === to}>
                {name}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <ForRole needs="admin">{children}</ForRole>
    </Chrome>
  );
}
