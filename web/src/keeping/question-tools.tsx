import { words } from "../words";
import { BookmarkButton } from "./bookmark-button";
import { ReportButton } from "./report-button";

interface Props {
  readonly certification: string;
  readonly item: string;
  readonly position: number;
}

/** What can be done with a question that was answered: keep it, or say what is wrong with it. */
export function QuestionTools({ certification, item, position }: Props) {
  const name = words.keeping.question(position);
  return (
    <div class="row question-tools">
      <BookmarkButton key={item} certification={certification} item={item} name={name} />
      <ReportButton key={`report-${item}`} certification={certification} item={item} name={name} />
    </div>
  );
}
