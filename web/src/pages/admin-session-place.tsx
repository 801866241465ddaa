import type { SessionPlace } from "@protocol";
import { useState } from "preact/hooks";
import { isSessionId } from "../admin/people";
import { sessionPlace } from "../api/admin";
import { useApp } from "../app-context";
import { Field, Submit } from "../components/fields";
import { useForm } from "../components/use-form";
import { words } from "../words";
import { number } from "../words/format";

const STATUSES: Readonly<Record<string, string>> = words.cluster.place.statuses;

/** Where one session is, by its id. */
export function SessionPlaceForm() {
  const { api, announcement } = useApp();
  const [id, setId] = useState("");
  const [place, setPlace] = useState<SessionPlace>();
  const { placeTitle, placeLabel, placeHint, placeBad, placeNone, placeFind, placeFinding } = words.cluster;
  const form = useForm(
    () => {
      setPlace(undefined);
      return { session: isSessionId(id) ? undefined : placeBad };
    },
    async () => {
      const found = await sessionPlace(api, id);
      setPlace(found);
      announcement.set(holderWords(found));
    },
    (error) => (error.code === "not_found" ? placeNone : error.message),
  );
  return (
    <section class="section">
      <h2>{placeTitle}</h2>
      <form class="entries" ref={form.element} onSubmit={form.submit} noValidate>
        <Field
          name="session"
          label={placeLabel}
          hint={placeHint}
          value={id}
          onValue={setId}
          problem={form.problems.session}
        />
        <Submit form={form} words={placeFind} sending={placeFinding} />
      </form>
      {place !== undefined && <Place place={place} />}
    </section>
  );
}

function holderWords({ owner, owner_is_live }: SessionPlace): string {
  const { ownerLive, ownerGone, nobody } = words.cluster.place;
  return owner === undefined ? nobody : `${owner}, ${owner_is_live ? ownerLive : ownerGone}`;
}

function Place({ place }: { readonly place: SessionPlace }) {
  const { status, owner, epoch, directory, directoryStale } = words.cluster.place;
  const stale = (place.directory_epoch ?? place.epoch) < place.epoch;
  return (
    <dl class="meanings" data-place={place.session_id}>
      <div>
        <dt>{status}</dt>
        <dd>{Object.hasOwn(STATUSES, place.status) ? STATUSES[place.status] : place.status}</dd>
      </div>
      <div>
        <dt>{owner}</dt>
        <dd>{holderWords(place)}</dd>
      </div>
      <div>
        <dt>{epoch}</dt>
        <dd>{number(place.epoch)}</dd>
      </div>
      {place.directory_node !== undefined && (
        <div>
          <dt>{directory}</dt>
          <dd>
            {place.directory_node}
            {stale && ` (${directoryStale})`}
          </dd>
        </div>
      )}
    </dl>
  );
}
