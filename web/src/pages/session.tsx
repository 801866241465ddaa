import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { LinkLine } from "../components/link-line";
import { Loading } from "../components/page-state";
import { ExamColumn } from "../exam/exam-column";
import { summaryPath } from "../paths";
import { announcementOf } from "../session/announce";
import { viewOf } from "../session/choice";
import { type OpenSession, openSession } from "../session/open";
import { useStore } from "../store";
import { useGo } from "../use-go";
import { words } from "../words";
import { SessionColumn } from "./session-column";
import { SessionStopped } from "./session-stopped";
import { useAreaTitles } from "./use-area-titles";

/** One live session. The connection lives exactly as long as the page does. */
export function SessionPage({ id }: { readonly id: string }) {
  const { api, debug } = useApp();
  const [open, setOpen] = useState<OpenSession>();
  useEffect(() => {
    const session = openSession(api, id, debug);
    setOpen(session);
    // An effect of the page is undone before those of what stands in it, and an exam still saves what is chosen.
    return () => queueMicrotask(() => session.close());
  }, [api, id, debug]);
  if (open === undefined) {
    return (
      <Chrome>
        <Loading what={words.session.what} />
      </Chrome>
    );
  }
  return <Live key={id} id={id} open={open} />;
}

function Live({ id, open }: { readonly id: string; readonly open: OpenSession }) {
  const { api, announcement } = useApp();
  const go = useGo();
  const snapshot = useStore(open.connection.snapshot);
  const [read, setRead] = useState(0);
  const titles = useAreaTitles(api, snapshot.session.info?.certification.id);
  const heard = useRef(snapshot);
  // With what is shown, not a frame later: a page that goes in between would have shown a result and not said it, and kept
  // a choice for a question that is answered.
  useLayoutEffect(() => {
    const spoken = announcementOf(heard.current, snapshot, titles);
    heard.current = snapshot;
    if (spoken !== "") announcement.set(spoken);
  }, [snapshot]);
  const view = viewOf(snapshot, read);
  const { link, session } = snapshot;
  const { answered } = session.progress;
  const exam = session.exam !== undefined;
  useLayoutEffect(() => {
    // An exam is answered in any order: its page keeps its drafts itself.
    if (!exam) open.drafts.answered(answered);
  }, [open, answered, exam]);
  useLayoutEffect(() => {
    if (link.kind === "ended") open.drafts.end();
  }, [open, link.kind]);
  const over = view.kind === "over" || (link.kind === "ended" && view.kind !== "result");
  useEffect(() => {
    if (over) go(summaryPath(id), "replace");
  }, [over, id, go]);
  return (
    <Chrome state={<LinkLine snapshot={snapshot} />}>
      {link.kind === "stopped" && view.kind !== "faulted" && (
        <SessionStopped words={link.words} {...(link.again && { again: () => open.connection.start() })} />
      )}
      {view.kind === "waiting" && link.kind !== "stopped" && (
        <div class="panel">
          <h1>{session.drawn ? words.session.nextComing : words.session.opening}</h1>
          <p>
            {link.kind === "offline" || link.kind === "reconnecting"
              ? words.session.waitingLong
              : words.session.moment}
          </p>
        </div>
      )}
      {view.kind === "faulted" && <SessionStopped words={words.session.faulted} />}
      {view.kind === "question" && exam && (
        <ExamColumn open={open} snapshot={snapshot} question={view.question} areaTitle={titles} />
      )}
      {(view.kind === "question" || view.kind === "result" || view.kind === "paused") && !exam && (
        <SessionColumn open={open} snapshot={snapshot} view={view} areaTitle={titles} onRead={setRead} />
      )}
    </Chrome>
  );
}
