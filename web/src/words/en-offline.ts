/**
 * Owns the English of being without a network, and of new versions of the page.
 */
export const en = {
  offline: {
    /** Beside what could not be loaded. */
    works:
      "You are offline. A question that is on the screen can still be answered: the answer is kept on this device and sent when you are back. Everything else comes from the server; this page tries again by itself as soon as there is a network.",
  },
  version: {
    label: "New version",
    there: "A new version of LearnR is there.",
    keeps: "Reload when it suits you: sessions and answers are kept.",
    reload: "Reload",
    later: "Later",
  },
};
