import { useState } from "preact/hooks";
import { people } from "../api/admin";
import { useApp } from "../app-context";
import { CursorList } from "../components/cursor-list";
import { Field } from "../components/fields";
import { Failed, Loading } from "../components/page-state";
import { useLoaded } from "../use-loaded";
import { words } from "../words";
import { AdminFrame } from "./admin-frame";
import { PersonCard } from "./admin-person";

/** Who has an account, and what they may do. */
export function AdminPeoplePage() {
  return (
    <AdminFrame title={words.people.title}>
      <People />
    </AdminFrame>
  );
}

function People() {
  const { api } = useApp();
  const [text, setText] = useState("");
  const [sought, setSought] = useState("");
  const [turn, setTurn] = useState(0);
  const certifications = useLoaded(() => api.certifications(), "certifications");
  const find = (containing: string) => {
    setSought(containing.trim());
    // The same once more is asked once more.
    setTurn((now) => now + 1);
  };
  if (certifications.kind === "loading") return <Loading what={words.people.what} />;
  if (certifications.kind === "failed") {
    return <Failed error={certifications.error} again={certifications.again} />;
  }
  return (
    <>
      <p>{words.people.words}</p>
      <search>
        <form
          class="entries"
          onSubmit={(event) => {
            event.preventDefault();
            find(text);
          }}
        >
          <Field name="containing" label={words.people.search} value={text} onValue={setText} />
          <p class="row">
            <button type="submit" class="button primary">
              {words.people.find}
            </button>
            {sought !== "" && (
              <button
                type="button"
                class="button"
                onClick={() => {
                  setText("");
                  find("");
                }}
              >
                {words.people.all}
              </button>
            )}
          </p>
        </form>
      </search>
      <CursorList
        key={turn}
        what={words.people.what}
        needs="admin"
        load={(after) => people(api, sought, after)}
        nextOf={({ next }) => next}
      >
        {({ people: found }) =>
          found.length === 0 ? (
            <p role="status">{sought === "" ? words.people.nobody : words.people.notFound(sought)}</p>
          ) : (
            <ul class="cards">
              {found.map((person) => (
                <PersonCard
                  key={person.account.learner}
                  person={person}
                  certifications={certifications.value}
                />
              ))}
            </ul>
          )
        }
      </CursorList>
    </>
  );
}
