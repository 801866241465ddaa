import { opened } from "../account/authored";
import { account } from "../api/account";
import type { Api } from "../api/client";
import { ApiError } from "../api/errors";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { FailedFor, ForRole } from "../components/for-role";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { Loading } from "../components/page-state";
import { ownOfPath } from "../paths";
import { useLoaded } from "../use-loaded";
import { words } from "../words";

/** Asked for anew: an admin may have entered one since one signed in. */
async function load(api: Api) {
  const [certifications, mine] = await Promise.all([api.certifications(), account(api)]);
  const own = opened(mine, certifications);
  if (own === undefined) throw new ApiError("forbidden", words.role.refused.author, false, 403);
  return { certifications, own };
}

/** Which certification to look at. */
export function OwnPage() {
  return (
    <Chrome>
      <Heading title={words.own.title} />
      <ForRole needs="author">
        <Certifications />
      </ForRole>
    </Chrome>
  );
}

function Certifications() {
  const { api } = useApp();
  const list = useLoaded(() => load(api), "own");
  if (list.kind === "loading") return <Loading what={words.own.what} />;
  if (list.kind === "failed") return <FailedFor needs="author" error={list.error} again={list.again} />;
  const { certifications, own } = list.value;
  if (certifications.length === 0) return <p>{words.own.none}</p>;
  if (own.length === 0) return <p>{words.own.notEntered}</p>;
  return (
    <>
      <p>
        {words.own.choose} {own.length < certifications.length && words.own.entered}
      </p>
      <ul class="cards">
        {own.map(({ id, title }) => (
          <li key={id} class="card" data-certification={id}>
            <h2 dir="auto">{title}</h2>
            <p class="quiet small">{id}</p>
            <Link to={ownOfPath(id)} class="button">
              {words.own.open(title)}
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
