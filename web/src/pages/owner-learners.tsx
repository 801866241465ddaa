import type { LearnerProgress } from "@protocol";
import { learnersProgress } from "../api/owner";
import { useApp } from "../app-context";
import { CursorList } from "../components/cursor-list";
import { Table } from "../components/table";
import { duration } from "../session/words";
import { words } from "../words";
import { moment, number, share } from "../words/format";

const KEYS = ["learner", "sessions", "answers", "right", "time", "first", "last"] as const;
type Key = (typeof KEYS)[number];

const COLUMNS = KEYS.map((key) => ({ key, name: words.owner.learnerColumns[key] }));

/** How far each learner has come. */
export function OwnerLearners({ certification }: { readonly certification: string }) {
  const { api } = useApp();
  return (
    <section class="section" id="learners">
      <h2>{words.owner.learnersTitle}</h2>
      <p>{words.owner.learnersWords}</p>
      <CursorList
        what={words.owner.learnersWhat}
        needs="author"
        load={(cursor) => learnersProgress(api, certification, cursor)}
        nextOf={({ next }) => next}
      >
        {({ learners }) =>
          learners.length === 0 ? (
            <p>{words.owner.learnersNone}</p>
          ) : (
            <Table
              caption={words.owner.learnersTitle}
              columns={COLUMNS}
              rows={learners}
              rowKey={({ learner }) => learner}
              cell={cell}
              wide
            />
          )
        }
      </CursorList>
    </section>
  );
}

function cell(row: LearnerProgress, key: Key): string {
  switch (key) {
    case "learner":
      return row.learner;
    case "sessions":
      return number(row.sessions);
    case "answers":
      return number(row.answers);
    case "right":
      return row.answers === 0 ? words.owner.noFigure : share(row.correct / row.answers);
    case "time":
      return duration(row.elapsed_ms);
    case "first":
      return moment(row.first_ms);
    case "last":
      return moment(row.last_ms);
  }
}
