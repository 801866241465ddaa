/**
 * Owns the English of what those who answer for a certification see of its use.
 */
import { day, decimal, moment, number, plural, share } from "./format";

const forms = plural("en");

export const en = {
  /** Who may see a page, and what to do about it. */
  role: {
    who: "who you are",
    names: { author: "author", admin: "admin" },
    guest: {
      author:
        "This page is for authors of a certification and for admins. Sign in with an account that has one of these roles.",
      admin: "This page is for admins. Sign in with an account that has the role admin.",
    },
    refused: {
      author:
        "You need the role author and to be entered as an author of this certification, or the role admin. An admin of this site can give you both.",
      admin: "You need the role admin. Another admin of this site can give it to you.",
    },
    yours: (roles: readonly string[]) =>
      roles.length === 0 ? "Your account has no role." : `Your account’s roles: ${roles.join(", ")}.`,
    stale: "A role that was just given counts at once: try again.",
  },
  paging: {
    navigation: "Pages of this list",
    next: "Next page",
    previous: "Previous page",
    page: (page: number) => `Page ${number(page)}`,
    loading: "Loading the page",
    rows: (first: number, last: number, all: number) =>
      `${number(first)} to ${number(last)} of ${number(all)}`,
  },
  asking: { keep: "Leave it as it is", doing: "Doing it" },
  own: {
    title: "Authoring",
    what: "the certifications",
    choose: "Choose a certification to see what its use says of its questions.",
    entered: "These are those that an admin has entered you for.",
    notEntered: "No certification has you as its author yet. An admin can enter you for one.",
    none: "No certification is loaded yet. Import one with the command learnr import.",
    back: "All certifications",
    open: (title: string) => `Open ${title}`,
    titleOf: (title: string) => `${title}: use`,
  },
  owner: {
    itemsTitle: "Questions",
    itemsWhat: "the figures of the questions",
    itemsNone: "This version has no questions.",
    itemsUnused: "Nobody has finished a session with this version yet, so there are no figures.",
    version: "Version",
    current: "Current version",
    versionUse: (version: string, sessions: number, last: number) =>
      `${version.slice(0, 8)}: ${forms(sessions, { one: "1 session", other: `${number(sessions)} sessions` })}, last on ${day(last)}`,
    filter: "Find questions",
    filterHint: "Part of an id, of an area, or of what was found.",
    only: "Only questions with something to look at",
    found: (found: number, loaded: number) =>
      `${number(found)} of ${forms(loaded, { one: "1 question", other: `${number(loaded)} questions` })}`,
    foundNone: "No question of those loaded goes with that. Change what you look for.",
    partly: (loaded: number) =>
      `Only the first ${number(loaded)} questions are loaded, by id: sorting and finding see no others.`,
    loadMore: "Load more questions",
    loadingMore: "Loading more",
    loadedMax: (max: number) =>
      `More than ${number(max)} questions are not loaded into a page. Export the questions to see all of them.`,
    sortBy: (column: string) => `Sort by ${column}`,
    sorted: (column: string, descending: boolean) =>
      `Sorted by ${column}, ${descending ? "descending" : "ascending"}.`,
    inactive: "no longer asked",
    noFigure: "none yet",
    meaning: "What the columns mean",
    columns: {
      item: "Question",
      area: "Area",
      served: "Shown",
      answers: "Answers",
      right: "Right",
      time: "Time",
      judged: "Judged",
      discrimination: "Goes along",
      infit: "Infit",
      outfit: "Outfit",
      verdict: "What was found",
    },
    meanings: {
      item: "The question’s id, as it was imported. One that is “no longer asked” is out of use and keeps its figures.",
      area: "The knowledge area it belongs to.",
      served:
        "How many finished sessions showed it, and their share of all finished sessions of this version. A share far above the others means that many learners will know the question.",
      answers: "How often it was answered in these sessions.",
      right:
        "The share of the answers that were right. It says little about how hard a question is: practice gives each learner questions that they get right about equally often.",
      time: "How long learners took on average from seeing it to answering it.",
      judged:
        "The answers that count as evidence: a learner’s first sight of it in 30 days. What a learner remembers says nothing about the question. The figures to the right rest on these alone, and from 30 on the question is judged.",
      discrimination:
        "Whether those who get it right also do well elsewhere: from −1 to 1, and higher is better. Under 0.05 the question does not tell who knows the subject from who does not, and its key may be wrong. Compare questions with each other: choosing questions for each learner makes the figure smaller than in a fixed test.",
      infit:
        "How surprising the answers are, mostly those of learners for whom the question is about right: 1 is as expected, above 1.3 is more surprising, below 0.7 less. In brackets is by how many standard errors it differs from 1; from 3 on it is hardly chance.",
      outfit:
        "The same, but every answer counts alike: a few very unexpected ones, such as able learners who get an easy question wrong, raise it.",
      verdict:
        "What these figures come to. A question with something found goes on being asked: only an author can tell what is wrong with it.",
    },
    meaningMore: "Figures are of sessions that have ended, and about a second late.",
    verdicts: {
      does_not_discriminate: "Goes with nothing else: is the key right?",
      noisy: "More surprising than it should be: is it clear?",
      redundant: "Less surprising than it should be: does it repeat another?",
      none: "Nothing",
    },
    tooFew: (judged: number, min: number) => `Too few to judge: ${number(judged)} of ${number(min)}`,
    withShare: (count: number, part: number) => `${number(count)} (${share(part)})`,
    withErrors: (value: number, errors: number) => `${decimal(value)} (${decimal(errors)})`,
    learnersTitle: "Learners",
    learnersWhat: "the learners’ progress",
    learnersWords:
      "How far each learner has come, from sessions that have ended; who learnt last comes first. Learners are named by a random id, and nothing here tells who they are.",
    learnersNone: "Nobody has finished a session here yet.",
    learnerColumns: {
      learner: "Learner",
      sessions: "Sessions",
      answers: "Answers",
      right: "Right",
      time: "Time taken",
      first: "First session ended",
      last: "Last session ended",
    },
    reportsTitle: "What learners report",
    reportsWhat: "the reports",
    reportsWords: "What learners say is wrong with a question, latest first. Who said it is told to nobody.",
    reportsNone: "Nobody has reported anything.",
    reasons: {
      wrong_key: "Another option is right",
      unclear: "It can be read in more than one way",
      outdated: "It is out of date",
      typo: "A misspelling, or it does not look right",
      other: "Something else",
    },
    reportedAt: (ms: number, version: string) => `${moment(ms)}, version ${version.slice(0, 8)}`,
    reportOf: (item: string) => `Question ${item}`,
    noNote: "Without words.",
    exportTitle: "Take it along",
    exportWords: "Everything as one file, for a spreadsheet or a program of your own.",
    exportWhat: "What",
    exportWhats: {
      answers: "Every answer of sessions that ended",
      items: "The questions with their figures",
      learners: "The learners with their progress",
    },
    exportFormat: "As",
    exportFormats: { csv: "Table (CSV)", json: "List of records (JSON)" },
    exportFrom: "Sessions that ended from",
    exportTo: "to",
    exportDayHint: "A day of UTC; empty for all.",
    exportDayBad: "Enter a whole date, or leave it empty.",
    exportOrderBad: "This day is before the first. Enter a later one, or leave it empty.",
    exportGo: "Export",
    exportGoing: "Exporting",
    exportCancel: "Stop the export",
    exportSoFar: (bytes: number) => `${megabytes(bytes)} so far`,
    exportDone: (bytes: number) => `The file is being saved: ${megabytes(bytes)}.`,
    exportCut:
      "The connection was cut before the end, or the server had a fault. Nothing was saved, so that a part is not taken for the whole. Try again.",
    exportStopped: "The export was stopped. Nothing was saved.",
    exportTooLong: (max: number) =>
      `It is longer than ${megabytes(max)}, more than a page can hold, so nothing was saved. Export fewer days at a time, or use curl as docs/history.md shows.`,
    exportBusy: "Four exports are running already. Try again in a moment.",
  },
};

function megabytes(bytes: number): string {
  return `${decimal(bytes / 1_000_000)} MB`;
}
