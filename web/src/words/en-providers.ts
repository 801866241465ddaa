/**
 * Owns the English of signing in at a provider.
 */
export const en = {
  providers: {
    title: "Or go on with",
    with: (provider: string) => `Continue with ${provider}`,
    leaving: (provider: string) => `Going to ${provider}…`,
    guest: "If you are new, you get an account that way, and keep what you did here as a guest.",
    /** What the server said of somebody who came back, by its word for it. */
    problem: {
      cancelled:
        "You were not signed in: it was cancelled on the other page, or you may not use it. Try again, or sign in another way.",
      again:
        "You were not signed in: it took longer than ten minutes, or began in another tab or browser. Start again here. If it stays, let this site keep cookies.",
      provider:
        "You were not signed in: the other page does not answer as it should. Try again in a moment, or sign in another way.",
      refused:
        "You were not signed in: what the other page said of you could not be trusted, or was used before. Start again here. If it stays, tell the people who run this site.",
      password:
        "You were not signed in: an account with this address has rights beyond learning. Sign in with its password; “Forgot password” sends a link to choose one.",
      busy: "You were not signed in: too many people sign in at the moment. Try again in a minute.",
      here: "You were not signed in: something went wrong here. Try again in a moment.",
    },
  },
};
