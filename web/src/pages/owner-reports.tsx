import type { ItemReport } from "@protocol";
import { itemReports } from "../api/owner";
import { useApp } from "../app-context";
import { CursorList } from "../components/cursor-list";
import { words } from "../words";

/** What learners say is wrong with questions: text as it is, of people nobody is told of. */
export function OwnerReports({ certification }: { readonly certification: string }) {
  const { api } = useApp();
  return (
    <section class="section" id="reports">
      <h2>{words.owner.reportsTitle}</h2>
      <p>{words.owner.reportsWords}</p>
      <CursorList
        what={words.owner.reportsWhat}
        needs="author"
        load={(before) => itemReports(api, certification, before)}
        nextOf={({ next }) => next}
      >
        {({ reports }) =>
          reports.length === 0 ? (
            <p>{words.owner.reportsNone}</p>
          ) : (
            <ul class="cards">
              {reports.map((report) => (
                <Report key={report.id} report={report} />
              ))}
            </ul>
          )
        }
      </CursorList>
    </section>
  );
}

function Report({ report: { item, reason, note, reported_ms, version } }: { readonly report: ItemReport }) {
  return (
    <li class="card" data-report={item}>
      <h3>{words.owner.reportOf(item)}</h3>
      <p>
        <strong>{words.owner.reasons[reason]}</strong>
      </p>
      {note.trim() === "" ? (
        <p class="quiet">{words.owner.noNote}</p>
      ) : (
        <p class="said" dir="auto">
          {note}
        </p>
      )}
      <p class="quiet small">{words.owner.reportedAt(reported_ms, version)}</p>
    </li>
  );
}
