import type { SessionAnswers } from "@protocol";
import { useMemo } from "preact/hooks";
import { useRoute } from "preact-iso";
import type { ApiError } from "../api/errors";
import { answersOf } from "../api/looking-back";
import { useApp } from "../app-context";
import { AnswerList } from "../components/answer-list";
import { Chrome } from "../components/chrome";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { Failed, Loading } from "../components/page-state";
import { historyPath } from "../paths";
import { ofAnswer } from "../session/looking-back";
import { sessionWords } from "../session/words";
import { useLoaded } from "../use-loaded";
import { words } from "../words";
import { useAreaTitles } from "./use-area-titles";

/** Every answer of one session, ended or not. */
export function PastSessionPage() {
  const { id = "" } = useRoute().params;
  return <Past key={id} id={id} />;
}

function Past({ id }: { readonly id: string }) {
  const { api } = useApp();
  const content = useLoaded(() => answersOf(api, id), id);
  return (
    <Chrome>
      {content.kind === "loading" && <Loading what={words.history.answersWhat} />}
      {content.kind === "failed" && <NoSession error={content.error} again={content.again} />}
      {content.kind === "loaded" && <Answers {...content.value} />}
    </Chrome>
  );
}

function NoSession({ error, again }: { readonly error: ApiError; readonly again: () => void }) {
  if (error.code !== "not_found") return <Failed error={error} again={again} />;
  return (
    <div class="panel">
      <Heading title={words.history.noSession} />
      <p>{words.history.noSessionWords}</p>
      <Back />
    </div>
  );
}

function Back() {
  return (
    <Link to={historyPath} class="button">
      {words.history.back}
    </Link>
  );
}

function Answers({ session, answers }: SessionAnswers) {
  const { api } = useApp();
  const areaTitle = useAreaTitles(api, session.certification.id);
  const list = useMemo(() => answers.map(ofAnswer), [answers]);
  const told = list.every(({ came }) => came !== "untold");
  return (
    <>
      <Heading title={words.history.answersTitle}>{sessionWords(session)}</Heading>
      <p class="row">
        <Back />
      </p>
      {list.length === 0 ? (
        <p class="panel">{words.history.noAnswers}</p>
      ) : (
        <AnswerList
          list={list}
          filters={told ? ["all", "missed", "right"] : ["all"]}
          first="all"
          certification={session.certification.id}
          areaTitle={areaTitle}
        />
      )}
    </>
  );
}
