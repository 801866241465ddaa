import type { AccountRole, CertificationInfo, Person } from "@protocol";
import { useEffect, useRef, useState } from "preact/hooks";
import { nameOf, ROLES, withAuthored, withRole } from "../admin/people";
import { setAuthor, setRole, signOutEverywhere } from "../api/admin";
import { useApp } from "../app-context";
import { AskedFirst } from "../components/asked-first";
import { Choice } from "../components/fields";
import { useStore } from "../store";
import { words } from "../words";

interface Props {
  readonly person: Person;
  readonly certifications: readonly CertificationInfo[];
}

/** Somebody, and what an admin can change about them: each change says what it does before it is done. */
export function PersonCard({ person: told, certifications }: Props) {
  const { announcement } = useApp();
  const [person, setPerson] = useState(told);
  const heading = useRef<HTMLHeadingElement>(null);
  // What the server says is more than what was changed here.
  useEffect(() => setPerson(told), [told]);
  const changed = (next: Person, said: string) => {
    setPerson(next);
    announcement.set(said);
  };
  const name = nameOf(person);
  const changes = { person, name, certifications, onChange: changed, onGone: () => heading.current?.focus() };
  return (
    <li class="card" data-person={person.account.learner}>
      <h2 ref={heading} tabIndex={-1} class="breaks" dir="auto">
        {name}
      </h2>
      <Facts person={person} certifications={certifications} />
      <details class="more">
        <summary>{words.people.change(name)}</summary>
        <div class="entries changes">
          {ROLES.map((role) => (
            <RoleChange key={role} role={role} {...changes} />
          ))}
          <AuthorChanges {...changes} />
          <SignOut {...changes} />
        </div>
      </details>
    </li>
  );
}

function Facts({ person: { account, authored }, certifications }: Props) {
  const you = useYourself() === account.learner;
  const roles = account.roles.map((role) => words.role.names[role]);
  return (
    <>
      <p class="breaks">
        {account.email ?? words.people.noEmail} {you && <strong>({words.people.you})</strong>}
      </p>
      <p>{words.people.roles(roles)}</p>
      {authored.length > 0 && (
        <p class="breaks">
          {words.people.authorOf}: {authored.map((id) => titleOf(certifications, id)).join(", ")}.{" "}
          {!account.roles.includes("author") && words.people.authorWithout}
        </p>
      )}
      <p class="quiet small">
        {words.people.since(account.created_ms)}.{" "}
        {account.has_password ? words.people.password : words.people.noPassword}.
      </p>
    </>
  );
}

interface ChangeProps extends Props {
  readonly name: string;
  readonly onChange: (person: Person, said: string) => void;
  /** The button that was pressed is no more: the focus has to go somewhere. */
  readonly onGone: () => void;
}

function RoleChange({ person, name, role, onChange }: ChangeProps & { readonly role: AccountRole }) {
  const { api } = useApp();
  const you = useYourself() === person.account.learner;
  const held = person.account.roles.includes(role);
  const { give, take, giveWhat, takeWhat, takeOwn, writtenDown, done } = words.people;
  const what = held ? takeWhat[role](name) : giveWhat[role](name);
  const own = held && you && role === "admin" ? [takeOwn] : [];
  return (
    <AskedFirst
      label={held ? take[role] : give[role]}
      consequences={[what, ...own, writtenDown]}
      run={async () => {
        await setRole(api, person.account.learner, role, !held);
        const next = withRole(person, role, !held);
        // The way around shows what there is to go to.
        if (you) api.auth.update(next.account);
        onChange(next, (held ? done.take : done.give)(name, words.role.names[role]));
      }}
    />
  );
}

function AuthorChanges({ person, name, certifications, onChange, onGone }: ChangeProps) {
  const { api } = useApp();
  const { authored } = person;
  const open = certifications.filter(({ id }) => !authored.includes(id));
  const [wanted, setWanted] = useState("");
  const chosen = open.find(({ id }) => id === wanted) ?? open[0];
  const { strike, strikeWhat, enter, enterOf, enterWhat, enterNone, writtenDown, done } = words.people;
  const change = async (id: string, entered: boolean) => {
    await setAuthor(api, person.account.learner, id, entered);
    onGone();
    const said = entered ? done.enter : done.strike;
    onChange(withAuthored(person, id, entered), said(name, titleOf(certifications, id)));
  };
  return (
    <>
      {authored.map((id) => (
        <AskedFirst
          key={id}
          label={strike(titleOf(certifications, id))}
          consequences={[strikeWhat(name, titleOf(certifications, id)), writtenDown]}
          run={() => change(id, false)}
        />
      ))}
      {chosen === undefined ? (
        certifications.length > 0 && <p class="quiet small">{enterNone}</p>
      ) : (
        <>
          <Choice
            name={`enter-${person.account.learner}`}
            label={enterOf}
            value={chosen.id}
            onValue={setWanted}
            options={open.map(({ id, title }) => ({ value: id, words: title }))}
          />
          <AskedFirst
            key={chosen.id}
            label={enter}
            consequences={[enterWhat(name, chosen.title), writtenDown]}
            run={() => change(chosen.id, true)}
          />
        </>
      )}
    </>
  );
}

function SignOut({ person, name, onChange }: ChangeProps) {
  const { api } = useApp();
  const you = useYourself() === person.account.learner;
  const { signOut, signOutWhat, signOutOwn, writtenDown, done } = words.people;
  return (
    <AskedFirst
      label={signOut}
      consequences={[signOutWhat(name), ...(you ? [signOutOwn] : []), writtenDown]}
      run={async () => {
        await signOutEverywhere(api, person.account.learner);
        onChange(person, done.signOut(name));
      }}
    />
  );
}

/** Whose account this page is used with. */
function useYourself(): string | undefined {
  const { api } = useApp();
  const who = useStore(api.auth.who);
  return who.kind === "account" ? who.account.learner : undefined;
}

function titleOf(certifications: readonly CertificationInfo[], id: string): string {
  return certifications.find((one) => one.id === id)?.title ?? id;
}
