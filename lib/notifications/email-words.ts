import type { NotificationType } from "@/db/enums";
import type { NotificationData } from "@/db/schema";
import { count, exactTime } from "@/lib/format";

type Batch = { owner: string; amount: number; days: number | undefined };

type Words = {
  subject: (batch: Batch) => string;
  /** What will stop, or has stopped, and what to do. */
  consequence: string;
  /** What a line says after the token's name. */
  detail: (data: NotificationData) => string;
};

const tokens = (amount: number) => count(amount, "access token");
const credentials = (amount: number) => count(amount, "stored credential");
const s = (amount: number) => (amount === 1 ? "s" : "");
const within = (days = 0) => `within ${count(days, "day")}`;
const expires = ({ access_token: token }: NotificationData) => `expires ${exactTime(new Date(token.expires_at))}`;
const at = ({ version_control_access: access }: NotificationData) => access?.provider_url ?? "";

/** What an e-mail says about messages of one type. */
export const words: Record<NotificationType, Words> = {
  "access_token.expiring": {
    subject: ({ owner, amount, days }) => `${tokens(amount)} of ${owner} expire${s(amount)} ${within(days)}`,
    consequence:
      "From then on every request with such a token is refused: scripts, pipelines and runners that use it stop working, and sessions get no environment variables and runners of it. To keep them working, rotate the token with a later expiration, or create another token.",
    detail: expires,
  },
  "access_token.expired": {
    subject: ({ owner, amount }) => `${tokens(amount)} of ${owner} ${amount === 1 ? "has" : "have"} expired`,
    consequence:
      "Every request with such a token is refused now: scripts, pipelines and runners that used it have stopped working. An expired token can’t be used again. Create another one, and delete this one if nothing needs it.",
    detail: ({ access_token: token }) => `expired ${exactTime(new Date(token.expires_at))}`,
  },
  "access_token.idle": {
    subject: ({ owner, amount }) => `${count(amount, "unused access token")} of ${owner} will be revoked soon`,
    consequence:
      "A policy revokes access tokens that are not used. From then on every request with such a token is refused. To keep a token, use it, or change the policy in Settings.",
    detail: ({ days }) => (days === undefined ? "not used" : `is revoked in ${count(days, "day")} unless it is used`),
  },
  "access_token.revoked": {
    subject: ({ owner, amount }) =>
      `${count(amount, "unused access token")} of ${owner} ${amount === 1 ? "was" : "were"} revoked by a policy`,
    consequence:
      "Nobody had used these tokens for as long as the policy allows. Every request with such a token is refused now. Reactivate a token if something still needs it.",
    detail: () => "revoked",
  },
  "access_token.leaked": {
    subject: ({ owner, amount }) => `${tokens(amount)} of ${owner} leaked and ${amount === 1 ? "was" : "were"} revoked`,
    consequence:
      "Somebody found the token’s secret in public and reported it. Every request with the token is refused now. Rotate it to get a new secret, replace the old one wherever it is used, and look through its activity for uses that are not yours.",
    detail: () => "revoked as leaked",
  },
  "access_token.retired_secret_used": {
    subject: ({ owner, amount }) =>
      amount === 1
        ? `A retired secret of an access token of ${owner} was used`
        : `Retired secrets of ${tokens(amount)} of ${owner} were used`,
    consequence:
      "The token was rotated, and its old secret has ended, but something still uses it and is refused. Give it the new secret. If you don’t know what it is, the old secret may have leaked: the audit log says where the request came from.",
    detail: () => "its retired secret was used",
  },
  "credential.expiring": {
    subject: ({ owner, amount, days }) => `${credentials(amount)} of ${owner} expire${s(amount)} ${within(days)}`,
    consequence:
      "From then on sessions can’t register runners with this GitLab or GitHub credential, and jobs that wait for them stay waiting. Make a new credential at the provider, and replace the stored one with “Replace token”.",
    detail: at,
  },
  "credential.failed": {
    subject: ({ owner, amount }) =>
      amount === 1 ? `A stored credential of ${owner} doesn’t work` : `${credentials(amount)} of ${owner} don’t work`,
    consequence:
      "Sessions can’t register runners with this GitLab or GitHub credential, and jobs that wait for them stay waiting. The token’s page says why the last check failed.",
    detail: at,
  },
  "runner.stuck": {
    subject: ({ owner, amount }) => `${count(amount, "runner")} of ${owner} can’t be unregistered`,
    consequence:
      "The provider has refused for an hour to remove the runner. It is tried again in the background. Until then jobs may wait for a runner that no session serves. The token’s page says why; of a deleted token, “Needs attention” on the page “Groups” does.",
    detail: () => "runner can’t be unregistered",
  },
};
