import type { DomainError } from "@/lib/errors";
import type { ProviderCredential } from "./provider-check-input";
import { notRecognized, type Refusal, refusalFor, refused, wordsOf } from "./provider-errors";

const blocked = "GitHub has blocked the repository or organization. Clear that up with GitHub’s support.";

// Refusals of the account, the organization's policy and the target, for any request, the more specific ones first.
const always: readonly Refusal[] = [
  [
    /installation (?:has been|is|was) suspended/i,
    "credential_rejected",
    "The GitHub App’s installation is suspended. Ask whoever installed it to end the suspension.",
  ],
  [
    /account (?:was|is|has been) (?:suspended|flagged|locked|disabled|blocked)|suspended user/i,
    "credential_rejected",
    "GitHub has suspended the token’s account. Clear that up with GitHub’s support, or use the token of another account.",
  ],
  [
    /saml|single sign-on/i,
    "credential_rejected",
    "The organization asks for single sign-on: authorize the token for it in GitHub.",
  ],
  [
    /ip allow ?list|ip address is not permitted/i,
    "credential_rejected",
    "The organization lets in known IP addresses only. Ask an owner to add this server’s address to its IP allow list.",
  ],
  [
    /\blifetime\b/i,
    "credential_rejected",
    "The organization’s policy refuses tokens that are good for so long. Make one with a nearer expiration date.",
  ],
  [
    /forbids access via a personal access tokens? \(classic\)/i,
    "credential_rejected",
    "The organization’s policy refuses classic personal tokens. Use the token of a GitHub App, or a fine-grained one.",
  ],
  [
    /forbids access via|personal access tokens? .*(?:not allowed|not permitted|forbidden|disabled|restricted)/i,
    "credential_rejected",
    "The organization’s policy refuses this kind of token. Use the token of a GitHub App, or ask an owner what it allows.",
  ],
  [
    /access restrictions|third-party application/i,
    "credential_rejected",
    "The organization lets in approved apps only. Ask an owner to approve the one that the token is of.",
  ],
  [
    /two[- ]factor|2fa\b/i,
    "credential_rejected",
    "The organization asks for two-factor authentication. Turn it on for the token’s account.",
  ],
  [
    /verif\w+ .*e-?mail|e-?mail .*verif/i,
    "credential_rejected",
    "The token’s account has no verified e-mail address. Verify one in GitHub.",
  ],
  [
    /terms of service/i,
    "credential_rejected",
    "GitHub asks the token’s account to accept its terms of service. Sign in to GitHub with it and accept them.",
  ],
  [
    /was archived|is archived/i,
    "registration_disabled",
    "The repository is archived, which leaves its runners as they are. Ask an admin to unarchive it.",
  ],
  [/repository access blocked|trade controls|\bdmca\b|repository .*has been disabled/i, "target_not_found", blocked],
  [
    /runners? (?:is|are|has been|have been) (?:disabled|not enabled|not allowed)|(?:disabled|not allow\w*|disallow\w*|forbid\w*) .*self-hosted runners?/i,
    "registration_disabled",
    "Self-hosted runners are disabled there. Ask an owner of the organization to allow them.",
  ],
  [
    /actions (?:is|are|has been|have been) (?:disabled|not enabled)/i,
    "registration_disabled",
    "GitHub Actions is disabled there. Ask an owner to enable it.",
  ],
];

const wantsScope = /\bscopes?\b/i;
const wantsRole = /must have admin|must be an? (?:\w+ )*(?:owner|admin)|admin rights|owner .*required permission/i;

/** GitHub's refusal of the token or its account, independent of the request; otherwise undefined. */
export function accountRefusedByGithub({ status, headers }: Response, body: unknown): DomainError | undefined {
  if (status === 401) {
    return refused(
      "credential_rejected",
      "GitHub does not accept the token: it has expired, was revoked or was not copied whole. Make a new one.",
    );
  }
  if (status === 451) return refused("target_not_found", blocked);
  if (status !== 403 && status !== 422) return undefined;
  const needsSignOn = headers.get("x-github-sso")?.startsWith("required");
  return refusalFor(always, needsSignOn ? "single sign-on" : wordsOf(body));
}

/** A refusal of one request: because of the token's permissions or scopes, otherwise of the role. */
export function refusedByGithub(
  response: Response,
  error: unknown,
  scope: ProviderCredential["tokenScope"],
): DomainError {
  const words = wordsOf(error);
  if (/resource not accessible by/i.test(words)) {
    const permission = scope === "project" ? "Administration" : "Self-hosted runners (organization)";
    const message = `The token lacks the permission "${permission}: Read and write", or waits for an owner's approval.`;
    return refused("missing_scope", message);
  }
  const scopes = missingScopes(response, scope, words);
  if (scopes) return refused("missing_scope", `The token lacks the scope ${scopes}.`);
  if (response.status !== 403 && response.status !== 404) return notRecognized("a GitHub");
  if (response.status === 403 && !wantsRole.test(words)) {
    return refused(
      "credential_rejected",
      "GitHub refuses the token for a reason that is not known here. Ask an owner of the organization whether its policies allow the token, or make a new one.",
    );
  }
  const role = scope === "project" ? "an admin of the repository" : "an owner of the organization";
  return refused("missing_role", `The token's user must be ${role} to register runners.`);
}

/** The scope that a classic token lacks, from GitHub's headers or message. */
function missingScopes(
  { status, headers }: Response,
  scope: ProviderCredential["tokenScope"],
  words: string,
): string | undefined {
  const needed = scope === "project" ? "repo" : "admin:org";
  if (status === 403 && wantsScope.test(words)) return needed;
  const had = headers.get("x-oauth-scopes")?.split(/,\s*/);
  const enough = [needed, ...(headers.get("x-accepted-oauth-scopes") ?? "").split(/,\s*/)];
  return had && !had.some((one) => enough.includes(one) && one !== "") ? needed : undefined;
}
