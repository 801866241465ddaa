/**
 * Owns how the server's messages are shown: it writes them for logs too, in lower case and without a full stop.
 */

export function sentence(message: string): string {
  const text = message.trim();
  if (text === "") return "";
  return capital(/[.!?]$/.test(text) ? text : `${text}.`);
}

export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
