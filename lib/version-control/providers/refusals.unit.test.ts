import { expect, onTestFinished, test } from "vitest";
import { DomainError, type ErrorCode } from "@/lib/errors";
import { type Answer, startStandIn } from "@/testing/stand-ins/server";
import { checkAccess, type ProviderCredential, registerRunner, unregisterRunner } from "./provider-check";

process.env.PROVIDER_ALLOWLIST = "127.0.0.1";

type Case = [answer: Answer, code: ErrorCode, words: RegExp];

const forbidden = (message: string, headers: Record<string, string> = {}): Answer => ({
  status: 403,
  headers,
  body: { message, documentation_url: "https://docs.github.com/rest/saml-lifetime-archived", status: "403" },
});
const gitlabForbidden = (message: string): Answer => ({ status: 403, body: { message: `403 Forbidden - ${message}` } });

const options = { tags: ["bench"], runUntagged: false, description: "run_1" };
const works: [string, (access: ProviderCredential) => Promise<unknown>][] = [
  ["a check", checkAccess],
  ["a registration", (access) => registerRunner(access, options)],
  ["the removal of a runner", (access) => unregisterRunner(access, { remoteId: "7", description: "run_1" })],
];

/** An access to a provider that gives one answer to each request. */
async function answeredBy(
  providerType: ProviderCredential["providerType"],
  answer: Answer,
): Promise<ProviderCredential> {
  const server = await startStandIn(() => answer);
  onTestFinished(() => server.close());
  const targetId = providerType === "gitlab" ? "123" : "octo-org/octo-repo";
  const target = { providerType, providerUrl: server.url, tokenScope: "project", targetId } as const;
  return { ...target, token: "ghp_0123456789", acceptPersonalToken: true };
}

/** Returns the refusal, and expects that it contains nothing of the answer. */
async function refusal(work: Promise<unknown>, { body }: Answer): Promise<DomainError> {
  const error: unknown = await work.then(
    () => undefined,
    (reason) => reason,
  );
  if (!(error instanceof DomainError)) throw error ?? new Error("it was not refused");
  const shown = `${error.stack}${JSON.stringify(error)}`;
  const said: unknown = Object.values(body ?? {})[0];
  if (typeof said === "string" && said.length > 20) expect(shown).not.toContain(said);
  expect(shown).not.toMatch(/@x\b|octo-org|documentation|203\.0\.113|gitlab\.example\.com/);
  return error;
}

const ofGithub: Case[] = [
  [forbidden("Sorry. Your account was suspended."), "credential_rejected", /suspended the token’s account/],
  [forbidden("Sorry. Your account was suspended. Please contact support."), "credential_rejected", /suspended/],
  [forbidden("This installation has been suspended"), "credential_rejected", /installation is suspended/],
  [
    forbidden(
      "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.",
    ),
    "credential_rejected",
    /single sign-on/,
  ],
  [forbidden("Forbidden", { "x-github-sso": "required; url=https://x" }), "credential_rejected", /single sign-on/],
  [
    forbidden(
      "Although you appear to have the correct authorization credentials, the `octo-org` organization has an IP allow list enabled, and 203.0.113.4 is not permitted to access this resource.",
    ),
    "credential_rejected",
    /IP allow list/,
  ],
  [
    forbidden(
      "Although you appear to have the correct authorization credentials, the `octo-org` organization has enabled OAuth App access restrictions, meaning that data access to third-parties is limited.",
    ),
    "credential_rejected",
    /approved apps only/,
  ],
  [
    forbidden(
      "`octo-org` forbids access via a personal access token (classic). Please use a GitHub App, OAuth App, or a personal access token with fine-grained permissions.",
    ),
    "credential_rejected",
    /classic personal tokens/,
  ],
  [
    forbidden(
      "The 'octo-org' organization forbids access via a fine-grained personal access tokens if the token's lifetime is greater than 366 days. Please adjust your token's lifetime at the following URL: https://github.com/settings",
    ),
    "credential_rejected",
    /good for so long/,
  ],
  [
    forbidden("`octo-org` forbids access via a fine-grained personal access token."),
    "credential_rejected",
    /this kind of token/,
  ],
  [
    forbidden("At least one email address must be verified to do that."),
    "credential_rejected",
    /no verified e-mail address/,
  ],
  [
    forbidden("Fine-grained personal access tokens are not permitted to access this organization."),
    "credential_rejected",
    /this kind of token/,
  ],
  [forbidden("Two-factor authentication is required."), "credential_rejected", /two-factor authentication/],
  [forbidden("Repository was archived so is read-only."), "registration_disabled", /archived/],
  [
    forbidden("Repository level self-hosted runners are disabled on this repository."),
    "registration_disabled",
    /Self-hosted runners are disabled/,
  ],
  [forbidden("Repository access blocked"), "target_not_found", /has blocked the repository/],
  [{ status: 451, body: { message: "Repository access blocked" } }, "target_not_found", /has blocked the repository/],
  [forbidden("Must have admin rights to Repository."), "missing_role", /an admin of the repository/],
  [forbidden("Must be an org owner or have the required permission."), "missing_role", /an admin of the repository/],
  [
    forbidden("Must have admin rights to Repository.", {
      "x-oauth-scopes": "read:org",
      "x-accepted-oauth-scopes": "repo",
    }),
    "missing_scope",
    /scope repo/,
  ],
  [forbidden("Resource not accessible by personal access token"), "missing_scope", /Administration: Read and write/],
  [forbidden("Your token has not been granted the required scopes."), "missing_scope", /the scope repo\./],
  [forbidden('This operation needs the "repo" scope.'), "missing_scope", /the scope repo\./],
  [forbidden("The enterprise’s policy forbids self-hosted runners"), "registration_disabled", /runners are disabled/],
  [forbidden("Something that GitHub has never said before"), "credential_rejected", /not known here/],
  [{ status: 403, body: { message: { error: "of another shape" } } }, "credential_rejected", /not known here/],
  [{ status: 403, body: [] }, "credential_rejected", /not known here/],
  [{ status: 401, body: { message: "Bad credentials" } }, "credential_rejected", /expired, was revoked/],
];

const ofGitlab: Case[] = [
  [gitlabForbidden("Your account has been blocked."), "credential_rejected", /account is blocked/],
  [
    gitlabForbidden(
      "You (@x) must accept the Terms of Service in order to perform this action. Please access GitLab from a web browser to accept these terms.",
    ),
    "credential_rejected",
    /accepted GitLab’s terms of service/,
  ],
  [
    gitlabForbidden(
      "You (@x) must accept the Terms of Service in order to perform this action. To accept these terms, please access GitLab from a web browser at https://gitlab.example.com.",
    ),
    "credential_rejected",
    /terms of service/,
  ],
  [
    gitlabForbidden("Your account is pending approval from your administrator and hence blocked."),
    "credential_rejected",
    /waits for approval/,
  ],
  [
    gitlabForbidden(
      "Your account has been deactivated by your administrator. Please log back in from a web browser to reactivate your account at https://gitlab.example.com",
    ),
    "credential_rejected",
    /is deactivated/,
  ],
  [
    gitlabForbidden(
      "Your primary email address is not confirmed. Please check your inbox for the confirmation instructions. In case the link is expired, you can request a new confirmation email at https://gitlab.example.com/users/confirmation/new",
    ),
    "credential_rejected",
    /e-mail address .* not confirmed/,
  ],
  [
    gitlabForbidden("Your password expired. Please access GitLab from a web browser to update your password."),
    "credential_rejected",
    /password .* has expired/,
  ],
  [gitlabForbidden("This action cannot be performed by internal users"), "credential_rejected", /GitLab itself uses/],
  [gitlabForbidden("Your IP address isn't allowed to access this group"), "credential_rejected", /IP addresses only/],
  [
    gitlabForbidden("This group requires two factor authentication"),
    "credential_rejected",
    /two-factor authentication/,
  ],
  [gitlabForbidden("Cannot find valid SSO session"), "credential_rejected", /single sign-on/],
  [gitlabForbidden("Personal access tokens are disabled"), "credential_rejected", /this kind of token/],
  [
    { status: 403, body: { message: "You cannot perform write operations on a read-only instance" } },
    "provider_unreachable",
    /in maintenance/,
  ],
  [gitlabForbidden("Project is marked for deletion"), "target_not_found", /about to be deleted/],
  [gitlabForbidden("Runner registration is disabled"), "registration_disabled", /registration of runners is disabled/],
  [
    {
      status: 403,
      body: {
        error: "insufficient_granular_scope",
        error_description: "Access denied: Your Personal Access Token lacks the required permissions: [create_runner].",
      },
    },
    "missing_scope",
    /lacks the scope/,
  ],
  [{ status: 401, body: { message: "401 Unauthorized" } }, "credential_rejected", /does not accept the token/],
  [
    {
      status: 401,
      body: {
        error: "invalid_token",
        error_description: "Token is an impersonation token but impersonation was disabled.",
      },
    },
    "credential_rejected",
    /impersonation/,
  ],
  [
    { status: 401, body: { error: "dpop_error", error_description: "DPoP header is missing" } },
    "credential_rejected",
    /proof of possession/,
  ],
];

/** Refusals of the first request of a check. */
const ofGitlabsScope: Case[] = [
  "insufficient scope",
  "It requires higher privileges than provided by the access token.",
].map((message) => [gitlabForbidden(message), "missing_scope", /lacks the scope/]);

const ofGitlabsCheck: Case[] = [
  [gitlabForbidden("Something that GitLab has never said before"), "credential_rejected", /not known here/],
  [{ status: 403, body: { message: "403 Forbidden" } }, "credential_rejected", /not known here/],
];

test.each(works.flatMap(([what, work]) => ofGithub.map((one) => [what, one[0].body, work, one] as const)))(
  "%s to which GitHub answers %j",
  async (_what, _body, work, [answer, code, words]) => {
    const error = await refusal(work(await answeredBy("github", answer)), answer);
    expect([error.code, error.message]).toEqual([code, expect.stringMatching(words)]);
  },
);

test.each(
  works
    .flatMap(([what, work]) => [...ofGitlab, ...ofGitlabsScope].map((one) => [what, one[0].body, work, one] as const))
    .concat(ofGitlabsCheck.map((one) => ["a check", one[0].body, checkAccess, one] as const)),
)("%s to which GitLab answers %j", async (_what, _body, work, [answer, code, words]) => {
  const error = await refusal(work(await answeredBy("gitlab", answer)), answer);
  expect([error.code, error.message]).toEqual([code, expect.stringMatching(words)]);
});

test.each(["Insufficient permissions", "You need the Maintainer role", "Only those with owner access may"])(
  "a registration that GitLab refuses with %s lacks the role",
  async (message) => {
    const answer = gitlabForbidden(message);
    const { code } = await refusal(registerRunner(await answeredBy("gitlab", answer), options), answer);
    expect(code).toBe("missing_role");
  },
);

const inAnHour = () => String(Math.floor(Date.now() / 1000) + 3600);
const secondary =
  "You have exceeded a secondary rate limit. Please wait a few minutes before you try again. If you reach out to GitHub Support for help, please include the request ID FA2D:87B1.";
const abuse = "You have triggered an abuse detection mechanism. Please wait a few minutes before you try again.";
const left = () => ({ "x-ratelimit-limit": "5000", "x-ratelimit-remaining": "4999", "x-ratelimit-reset": inAnHour() });

test.each<[string, Answer, number]>([
  ["a secondary limit, whose headers count the primary one", forbidden(secondary, left()), 60],
  ["a secondary limit without any count", forbidden(secondary), 60],
  ["a secondary limit that says how long", forbidden(secondary, { ...left(), "retry-after": "17" }), 17],
  ["the same as 429", { ...forbidden(secondary, left()), status: 429 }, 60],
  ["abuse detection", forbidden(abuse, left()), 60],
  [
    "a secondary limit on content",
    forbidden("You have exceeded a secondary rate limit and have been temporarily blocked from content creation."),
    60,
  ],
  ["a limit that only words tell", forbidden("API rate limit exceeded for installation ID 1."), 60],
  ["the primary limit", forbidden("API rate limit exceeded", { ...left(), "x-ratelimit-remaining": "0" }), 3600],
  ["429 without a word", { status: 429, body: {} }, 60],
  ["429 with a moment that is no number", { status: 429, body: {}, headers: { "retry-after": "soon" } }, 60],
])("%s is rate_limited", async (_what, answer, seconds) => {
  for (const [, work] of works) {
    const { code, retryAfter } = await refusal(work(await answeredBy("github", answer)), answer);
    expect(code).toBe("rate_limited");
    expect(retryAfter).toBeGreaterThan(seconds - 30);
    expect(retryAfter).toBeLessThanOrEqual(seconds + 1);
  }
});

test("a provider's outage says how long the background waits", async () => {
  const answer = { status: 503, body: { message: "Service unavailable" }, headers: { "retry-after": "120" } };
  const error = await refusal(checkAccess(await answeredBy("github", answer)), answer);
  expect([error.code, error.retryAfter]).toEqual(["provider_unreachable", 120]);
});

test("a long message of a provider is matched quickly", async () => {
  const answer = forbidden("account ".repeat(100_000));
  const { code } = await refusal(checkAccess(await answeredBy("gitlab", answer)), answer);
  expect(code).toBe("credential_rejected");
});
