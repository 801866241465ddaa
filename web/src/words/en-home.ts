/**
 * Owns the English of the first page and of starting a session.
 */
import { dateWords, number, plural, share } from "./format";

const forms = plural("en");

const questions = (count: number) => forms(count, { one: "1 question", other: `${number(count)} questions` });
const days = (count: number) => forms(count, { one: "1 day", other: `${number(count)} days` });

export const en = {
  home: {
    what: "certifications",
    now: "What to do now",
    goOn: "Go on",
    ended: "A session ended while an answer of yours was kept on this device.",
    endedSee: "See what became of it",
    orElse: "Or start something else",
    choose: "Choose a certification",
    none: "No certification is loaded yet. Whoever runs this server can add one with",
    progress: (answered: number, length: number, paused: boolean) =>
      `${number(answered)} of ${number(length)} answered${paused ? ", paused" : ""}`,
    size: (items: number, areas: number, passMark: string) => {
      const among = forms(areas, { one: "one area", other: `${number(areas)} areas` });
      return `${number(items)} questions in ${among}; you pass with ${passMark}`;
    },
    pick: "Choose",
    more: "Show more",
    openMore: (count: number) =>
      forms(count, { one: "1 more open session", other: `${number(count)} more open sessions` }),
    certification: "Certification",
    whatStanding: "where you stand",
    /** The main button, by what it starts. */
    start: {
      diagnostic: "Find out where you stand",
      review: "Review what is due",
      focused: (area: string) => `Practise ${area}`,
      practice: "Practise",
    },
    why: {
      diagnostic:
        "Nothing is known of you here yet. This asks across every area, and ends early once the picture is clear.",
      review: (due: number) =>
        forms(due, {
          one: "1 question is due for review: now it helps most.",
          other: `${number(due)} questions are due for review: now they help most.`,
        }),
      focused: (range: string) => `Nothing is due for review, and this is your weakest area: ${range}.`,
      practice: "Questions chosen for you as you go.",
      unknown:
        "Where you stand could not be loaded, so nothing can be suggested. You can start all the same.",
    },
    starting: "Starting",
    otherwise: "Change it first",
    chooseSession: "Choose a session",
    today: "Today",
    due: "Reviews due",
    dueNow: questions,
    dueNone: "None now",
    dueSoon: (now: string, soon: number) => `${now}, ${number(soon)} more in the next 7 days`,
    exam: "Exam",
    examIn: (left: number, date: number) => `In ${days(left)}, on ${dateWords(date)}`,
    examToday: "Today. Good luck!",
    examTomorrow: (date: number) => `Tomorrow, ${dateWords(date)}`,
    examOver: (date: number) => `It was on ${dateWords(date)}.`,
    examNew: "Set another day",
    examNone: "No day set.",
    examSet: "Set the day",
    weakest: "Weakest area",
    minutes: "Answering today",
    minutesOf: (done: number, daily: number) => `${number(done)} of ${number(daily)} minutes`,
    minutesDone: (done: number) => forms(done, { one: "1 minute", other: `${number(done)} minutes` }),
    minutesHow: "A session counts once it has ended.",
    row: "Days in a row",
    rowDays: (count: number) => days(count),
    rowAtLeast: (count: number) => `${days(count)} or more`,
    activityFailed: "What you did today could not be loaded.",
    preferencesFailed: "The day of your exam and your daily minutes could not be loaded.",
    standing: (title: string) => `Where you stand in ${title}`,
    readiness: "Chance to pass the exam now",
    notEnough: (low: string, high: string) =>
      `Not enough evidence yet: anything from ${low} to ${high} is likely. More answers narrow it.`,
    notEnoughWhere: (area: string) => `Least is known of ${area}.`,
    ready: {
      likely_to_pass: (pass: string, low: string, high: string) =>
        `You would likely pass: ${pass}, likely ${low} to ${high}.`,
      likely_to_fail: (pass: string, low: string, high: string) =>
        `You would likely not pass yet: ${pass}, likely ${low} to ${high}.`,
    },
    readinessBar: (low: string, high: string) => `Chance to pass: likely ${low} to ${high}`,
    progressLink: "Your progress over time",
    historyLink: "Your sessions",
    bookmarksLink: "Your bookmarks",
    links: "Look back",
    guest:
      "You are here as a guest, in this browser alone. An account keeps what you have done, on every device.",
    guestRegister: "Make an account",
    guestLater: "Not now",
  },
  start: {
    what: "the certification",
    none: "No such certification",
    noneWords: "The address names a certification that is not on this server.",
    see: "See what there is",
    kind: "What kind of session?",
    areas: "Which areas?",
    noArea: "Choose at least one area to stay inside.",
    length: "Questions",
    limit: "Time limit",
    noLimit: "None",
    asInExam: "As in the exam",
    minutes: (minutes: number) => forms(minutes, { one: "1 minute", other: `${number(minutes)} minutes` }),
    items: questions,
    submit: (kind: string) => `Start ${kind.toLowerCase()} session`,
    starting: "Starting",
    back: "Back",
    resumed: (kind: string) => `You had an open ${kind.toLowerCase()} session: here it is again, as it was.`,
  },
  progress: {
    titleIn: (certification: string) => `Progress: ${certification}`,
    what: "your progress",
    none: "No such certification",
    noneWords: "The address names a certification that is not on this server.",
    span: "Show",
    spans: (length: number) => `The last ${days(length)}`,
    year: "The last year",
    step: "Add up by",
    steps: { day: "Day", week: "Week" },
    nothing: "Nothing to show in these days",
    nothingWords: "What you answer is shown here once its session has ended.",
    practise: "Practise",
    longer: "Show a year",
    competency: "Competency by area",
    competencyHow:
      "The share of an area’s questions you would likely get right, at the end of each day you practised it. The line joins the best guesses; the band and the upright strokes hold the true value 4 times in 5.",
    competencyNone: "No ability was estimated in these days. Exams and open sessions leave none.",
    moreAreas: "Show every area",
    activity: "Answers",
    activityHow: (step: string) => `Each bar is a ${step}, from sessions that have ended.`,
    accuracy: "Answered right",
    accuracyHow:
      "The share of your answers that were right. Questions get harder as you get better, so a level line is no standstill.",
    byArea: "Where the time went",
    numbers: "Show the numbers",
    numbersOf: (what: string) => `Numbers of ${what}`,
    day: "Day",
    week: "Week from",
    guess: "Best guess",
    range: "Likely range",
    sessions: "Sessions",
    answers: "Answers",
    right: "Right",
    share: "Share right",
    time: "Time",
    area: "Area",
    noShare: "–",
    leftOut: "Without answers: left out.",
    /** What a chart says to who cannot see it. */
    areaChart: (area: string, first: string, firstScore: string, last: string, lastScore: string) =>
      `${area}: best guess ${firstScore} on ${first}, ${lastScore} on ${last}. The numbers follow in a table.`,
    areaChartOne: (area: string, on: string, score: string) =>
      `${area}: best guess ${score} on ${on}. The numbers follow in a table.`,
    activityChart: (answers: number, most: number, when: string) =>
      `${number(answers)} answers in all, most of them on ${when}: ${number(most)}. The numbers follow in a table.`,
    accuracyChart: (right: number) => `${share(right)} of all answers right. The numbers follow in a table.`,
  },
};
