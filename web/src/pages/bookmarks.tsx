import type { Bookmark, BookmarkPage, CertificationInfo } from "@protocol";
import { useEffect, useRef, useState } from "preact/hooks";
import { asApiError } from "../api/errors";
import { bookmarks } from "../api/keeping";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { Choice } from "../components/fields";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { Failed, Loading } from "../components/page-state";
import { homePath, startPath } from "../paths";
import { useLoaded } from "../use-loaded";
import { words } from "../words";
import { BookmarkCard } from "./bookmark-card";

/** What the learner marked, certification by certification. */
export function BookmarksPage() {
  const { api } = useApp();
  const list = useLoaded(() => api.certifications(), "certifications");
  return (
    <Chrome>
      <Heading title={words.bookmarks.title} />
      {list.kind === "loading" && <Loading what={words.bookmarks.what} />}
      {list.kind === "failed" && <Failed error={list.error} again={list.again} />}
      {list.kind === "loaded" && <Certifications list={list.value} />}
    </Chrome>
  );
}

function Certifications({ list }: { readonly list: readonly CertificationInfo[] }) {
  const [chosen, setChosen] = useState(list[0]?.id ?? "");
  if (chosen === "") {
    return (
      <div class="panel">
        <p>{words.bookmarks.noCertifications}</p>
        <Link to={homePath} class="button">
          {words.unknown.home}
        </Link>
      </div>
    );
  }
  return (
    <>
      {list.length > 1 && (
        <Choice
          name="certification"
          label={words.bookmarks.certification}
          value={chosen}
          onValue={setChosen}
          options={list.map(({ id, title }) => ({ value: id, words: title }))}
        />
      )}
      <Marked key={chosen} certification={chosen} />
    </>
  );
}

function Marked({ certification }: { readonly certification: string }) {
  const { api } = useApp();
  const first = useLoaded(() => bookmarks(api, certification), certification);
  if (first.kind === "loading") return <Loading what={words.bookmarks.what} />;
  if (first.kind === "failed") return <Failed error={first.error} again={first.again} />;
  return <Pages certification={certification} first={first.value} />;
}

interface PagesProps {
  readonly certification: string;
  readonly first: BookmarkPage;
}

/** A page of a hundred at a time: who marks thousands waits for none of them. */
function Pages({ certification, first }: PagesProps) {
  const { api, announcement } = useApp();
  const [list, setList] = useState<readonly Bookmark[]>(first.bookmarks);
  const [next, setNext] = useState(first.next);
  const [loading, setLoading] = useState(false);
  const [problem, setProblem] = useState("");
  const cards = useRef<HTMLUListElement>(null);
  const counted = next === null ? words.bookmarks.count(list.length) : words.bookmarks.atLeast(list.length);
  const more = async () => {
    if (loading || next === null) return;
    setLoading(true);
    setProblem("");
    try {
      const page = await bookmarks(api, certification, next);
      setList((now) => [...now, ...page.bookmarks]);
      setNext(page.next);
    } catch (error) {
      setProblem(asApiError(error).message);
    }
    setLoading(false);
  };
  const removed = (item: string) => {
    announcement.set(words.bookmarks.removed);
    // The button that was pressed goes with its question.
    const stays = list.length > 1 ? cards.current : document.getElementById("main");
    stays?.focus({ preventScroll: true });
    setList((now) => now.filter((one) => one.item !== item));
  };
  // What was removed may have been all that was loaded: what follows takes its place.
  useEffect(() => {
    if (list.length === 0) void more();
  }, [list.length]);
  if (list.length === 0 && next === null) return <Nothing certification={certification} />;
  return (
    <>
      <p class="quiet small">{counted}</p>
      <ul class="cards" ref={cards} tabIndex={-1}>
        {list.map((one) => (
          <BookmarkCard
            key={one.item}
            certification={certification}
            bookmark={one}
            onRemoved={() => removed(one.item)}
          />
        ))}
      </ul>
      {next !== null && (
        <button type="button" class="button" aria-disabled={loading} onClick={() => void more()}>
          {loading ? words.bookmarks.loadingMore : words.bookmarks.more}
        </button>
      )}
      <p class="refusal" role="alert">
        {problem}
      </p>
    </>
  );
}

function Nothing({ certification }: { readonly certification: string }) {
  return (
    <div class="panel">
      <p>{words.bookmarks.none}</p>
      <p>{words.bookmarks.how}</p>
      <Link to={startPath(certification)} class="button">
        {words.bookmarks.practise}
      </Link>
    </div>
  );
}
