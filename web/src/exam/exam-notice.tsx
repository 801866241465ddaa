import { words } from "../words";

interface Props {
  readonly over: boolean;
  readonly away: boolean;
  readonly submitting: boolean;
  readonly refusal: string | undefined;
}

/** What the learner has to know at any stage of an exam, in one place. */
export function ExamNotice({ over, away, submitting, refusal }: Props) {
  const parts = [
    over ? (away ? words.exam.timeUpAway : words.exam.timeUp) : "",
    !over && submitting ? words.exam.submitting : "",
    refusal ?? "",
    !over && !submitting && away ? words.exam.needsConnection : "",
  ];
  return <p class="refusal exam-notice">{parts.filter((part) => part !== "").join(" ")}</p>;
}
