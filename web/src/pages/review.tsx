import type { SessionReview } from "@protocol";
import { useMemo } from "preact/hooks";
import { useRoute } from "preact-iso";
import type { ApiError } from "../api/errors";
import { review } from "../api/looking-back";
import { useApp } from "../app-context";
import { AnswerList } from "../components/answer-list";
import { Chrome } from "../components/chrome";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { Failed, Loading } from "../components/page-state";
import { historyPath, sessionPath, summaryPath } from "../paths";
import { ofReview, shown } from "../session/looking-back";
import { sessionWords } from "../session/words";
import { useLoaded } from "../use-loaded";
import { words } from "../words";
import { useAreaTitles } from "./use-area-titles";

/** An ended session, question by question: what was missed first. */
export function ReviewPage() {
  const { id = "" } = useRoute().params;
  return <Review key={id} id={id} />;
}

function Review({ id }: { readonly id: string }) {
  const { api } = useApp();
  const content = useLoaded(() => review(api, id), id);
  return (
    <Chrome>
      {content.kind === "loading" && <Loading what={words.review.what} />}
      {content.kind === "failed" && <NoReview id={id} error={content.error} again={content.again} />}
      {content.kind === "loaded" && <Reviewed {...content.value} />}
    </Chrome>
  );
}

function NoReview(props: { readonly id: string; readonly error: ApiError; readonly again: () => void }) {
  const { id, error, again } = props;
  if (error.code !== "not_found") return <Failed error={error} again={again} />;
  return (
    <div class="panel">
      <Heading title={words.review.none} />
      <p>{words.review.noneWords}</p>
      <p class="row">
        <Link to={sessionPath(id)} class="button">
          {words.review.openSession}
        </Link>
        <Link to={historyPath} class="button">
          {words.history.title}
        </Link>
      </p>
    </div>
  );
}

function Reviewed({ session, questions }: SessionReview) {
  const { api } = useApp();
  const { certification, id, kind } = session;
  const areaTitle = useAreaTitles(api, certification.id);
  const list = useMemo(() => questions.map(ofReview), [questions]);
  const missed = shown(list, "missed").length;
  return (
    <>
      <Heading title={words.review.title}>{sessionWords(session)}</Heading>
      <p>{missed === 0 ? words.answer.nothing.missed : words.review.missed(missed)}</p>
      <p class="row">
        <Link to={summaryPath(id)} class="button">
          {words.review.summary}
        </Link>
      </p>
      <AnswerList
        list={list}
        filters={kind === "exam" ? ["missed", "flagged", "right", "all"] : ["missed", "right", "all"]}
        first={missed === 0 ? "all" : "missed"}
        certification={certification.id}
        areaTitle={areaTitle}
      />
    </>
  );
}
