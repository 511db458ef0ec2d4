import type { DomainError } from "@/lib/errors";
import { notRecognized, type Refusal, refusalFor, refused, wordsOf } from "./provider-errors";

const unauthorized: readonly Refusal[] = [
  [/expired/i, "credential_rejected", "The token has expired. Make a new one in GitLab."],
  [/revoked/i, "credential_rejected", "The token was revoked. Make a new one in GitLab."],
  [
    /impersonation/i,
    "credential_rejected",
    "GitLab no longer takes impersonation tokens. Use a project or group access token.",
  ],
  [
    /dpop/i,
    "credential_rejected",
    "The token’s account asks for proof of possession (DPoP) with each use. Turn that off, or use a project or group access token.",
  ],
];

// GitLab's lib/gitlab/auth/user_access_denied_reason.rb, then its policies, then refusals of a project or group.
const forbidden: readonly Refusal[] = [
  [
    /terms of service|accept th\w+ terms/i,
    "credential_rejected",
    "The token’s account has not accepted GitLab’s terms of service. Sign in to GitLab with it and accept them, or use a project or group access token.",
  ],
  [
    /pending approval/i,
    "credential_rejected",
    "The token’s account waits for approval. Ask an administrator of GitLab to approve it.",
  ],
  [
    /deactivated/i,
    "credential_rejected",
    "The token’s account is deactivated. Sign in to GitLab with it, which activates it again.",
  ],
  [
    /account .*(?:blocked|banned|locked|suspended)/i,
    "credential_rejected",
    "The token’s account is blocked in GitLab. Ask an administrator of GitLab to unblock it, or use another account’s token.",
  ],
  [
    /e-?mail .*not confirmed|confirm .*e-?mail/i,
    "credential_rejected",
    "The e-mail address of the token’s account is not confirmed. Confirm it in GitLab.",
  ],
  [
    /password (?:has )?expired/i,
    "credential_rejected",
    "The password of the token’s account has expired. Sign in to GitLab with it and choose another one.",
  ],
  [
    /internal users/i,
    "credential_rejected",
    "The token is of an account that GitLab itself uses. Use a project or group access token.",
  ],
  [
    /two[- ]factor|2fa\b/i,
    "credential_rejected",
    "GitLab asks the token’s account for two-factor authentication. Turn it on for that account.",
  ],
  [
    /saml|single sign-on|\bsso\b/i,
    "credential_rejected",
    "The group asks for single sign-on. Sign in to it with the token’s account, or use a group access token.",
  ],
  [
    /\bip\b.*(?:allow|permit|restrict|denied|block)|(?:allow|permit|restrict|denied|block)\w* .*\bip\b/i,
    "credential_rejected",
    "GitLab lets in known IP addresses only. Ask an owner of the group to add this server’s address.",
  ],
  [
    /\blifetime\b/i,
    "credential_rejected",
    "GitLab’s policy refuses tokens that are good for so long. Make one with a nearer expiration date.",
  ],
  [
    /access tokens? .*(?:disabled|not allowed|not permitted|turned off)/i,
    "credential_rejected",
    "GitLab’s policy refuses this kind of token. Ask an owner of the group which kind it allows.",
  ],
  [
    /read-only|maintenance/i,
    "provider_unreachable",
    "GitLab takes no changes at the moment: it is in maintenance, or a read-only copy. Try again later.",
  ],
  [
    /(?:pending|marked for|scheduled for) deletion|being deleted/i,
    "target_not_found",
    "The project or group is about to be deleted. Ask its owner to restore it.",
  ],
  [/archived/i, "registration_disabled", "The project or group is archived. Ask its owner to unarchive it."],
  [
    /(?:registration|creation) .*(?:disabled|not allowed|not permitted)|(?:disabled|not allowed) .*registration/i,
    "registration_disabled",
    "The registration of runners is disabled there. Ask an owner of the project or group to allow it.",
  ],
];

/** GitLab's refusal of the token, its account or the target, independent of the request; otherwise undefined. */
export function accountRefusedByGitlab(response: Response, body: unknown): DomainError | undefined {
  const { status } = response;
  if (status === 401) {
    return refusalFor(unauthorized, wordsOf(body)) ?? refused("credential_rejected", notAccepted);
  }
  if (status !== 403 || isScopeMissing(response, body)) return undefined;
  return refusalFor(forbidden, wordsOf(body));
}

const notAccepted = "GitLab does not accept the token. Check that it was copied whole and still exists.";

const scopeWords = /insufficient[_ ](?:granular[_ ])?scope|higher privileges than provided by the access token/i;
const roleWords =
  /insufficient permissions|\b(?:maintainer|owner) (?:role|access|permissions?)\b|^\W*(?:403 )?forbidden\W*$/i;

/** True if the credential's scopes are insufficient. */
export function isScopeMissing(response: Response, error: unknown): boolean {
  return response.status === 403 && scopeWords.test(wordsOf(error));
}

/** True if GitLab names the role or no reason; it gives no reason where registering runners is disabled. */
export function isRoleMissing(response: Response, error: unknown): boolean {
  return response.status === 403 && roleWords.test(wordsOf(error));
}

/** An unexplained response: a 403 concerns the credential, any other status does not come from a GitLab. */
export function unexplainedByGitlab(response: Response): DomainError {
  if (response.status !== 403) return notRecognized("a GitLab");
  return refused(
    "credential_rejected",
    "GitLab refuses the token for a reason that is not known here. Ask an administrator of GitLab, or make a new token.",
  );
}
