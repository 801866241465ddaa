/**
 * Owns what tabs of one browser tell each other of signing in and out: that it happened, and never a token.
 */
export type AuthEvent = "in" | "out";

export interface AuthChannel {
  tell(event: AuthEvent): void;
  hear(listener: (event: AuthEvent) => void): void;
}

/** Other tabs' events; a browser without channels has tabs that find out by being refused. */
export function browserChannel(): AuthChannel {
  if (typeof BroadcastChannel === "undefined") return { tell: () => undefined, hear: () => undefined };
  const channel = new BroadcastChannel("learnr.auth");
  return {
    tell: (event) => channel.postMessage(event),
    hear(listener) {
      channel.addEventListener("message", ({ data }) => {
        if (data === "in" || data === "out") listener(data);
      });
    },
  };
}
