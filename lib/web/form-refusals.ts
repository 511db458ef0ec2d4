/** Messages for form bodies that our server refuses before Next sees them; each is the whole text of the response. */
export const formRefusals = {
  tooLarge: "This form is too large to be sent. Shorten what you typed or pasted, then try again.",
  tooLargeSignedOut:
    "This form is too large to be sent while you are signed out. Shorten what you typed, or sign in again in another tab, come back and send it once more.",
  unavailable: "The database can’t be reached right now, so nothing was changed. Try again in a moment.",
  broken: "Something went wrong on our side. Try again.",
  malformed: "This form can’t be read.",
  tooManyAtOnce:
    "Too many of your requests are being worked on at once. Wait a moment, then try again: nothing was changed.",
  compressed: "The body of a request must not be compressed.",
} as const;

const sentences: readonly string[] = Object.values(formRefusals);

/** True if the message is such a refusal. */
export function isFormRefusal(message: string): boolean {
  return sentences.includes(message);
}
