import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { ForRole } from "../components/for-role";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { Failed, Loading } from "../components/page-state";
import { ownOfPath } from "../paths";
import { useLoaded } from "../use-loaded";
import { words } from "../words";

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
  const list = useLoaded(() => api.certifications(), "certifications");
  if (list.kind === "loading") return <Loading what={words.own.what} />;
  if (list.kind === "failed") return <Failed error={list.error} again={list.again} />;
  if (list.value.length === 0) return <p>{words.own.none}</p>;
  return (
    <>
      <p>
        {words.own.choose} {words.own.entered}
      </p>
      <ul class="cards">
        {list.value.map(({ id, title }) => (
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
