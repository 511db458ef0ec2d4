const sentences: Record<string, string> = {
  email_unknown: "There is no veHaaS account for this e-mail address. Ask an organization admin to invite you.",
  email_unverified:
    "Your organization’s identity provider says that your e-mail address is not verified. Verify it there, then try again.",
  email_missing:
    "Your organization’s identity provider does not tell veHaaS your e-mail address. Ask your operator to allow it.",
  linked_otherwise:
    "The veHaaS account for this e-mail address belongs to another account at your organization’s identity provider. Ask your operator to look into it.",
  OAuthCallbackError: "Your organization’s identity provider did not sign you in. Try again, or ask your operator.",
};

const unknown =
  "Signing in with your organization did not work. Try again; if it fails again, ask your operator to look at the log.";

/** The message for a value of `?error=`. */
export function errorSentence(error: unknown): string | undefined {
  if (error === undefined) return undefined;
  return (typeof error === "string" && Object.hasOwn(sentences, error) && sentences[error]) || unknown;
}
