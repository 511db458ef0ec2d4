export type GithubCredential = {
  token: string;
  kind: "person" | "app" | "rejected";
  expiresAt?: string;
  oauthScopes?: string;
  exhausted?: boolean;
  seesNothing?: boolean;
  /** The refusal of its request for a registration token. */
  refusal?: { status: number; message: string; headers?: Record<string, string> };
};

export const githubTarget = { project: "/repos/octo-org/octo-repo", group: "/orgs/octo-org" };

const app = { kind: "app" } as const;
const person = { kind: "person" } as const;

const kinds = {
  installation: { ...app, token: "ghs_standin_installation" },
  installationNoPermission: {
    ...app,
    token: "ghs_standin_no_permission",
    refusal: { status: 403, message: "Resource not accessible by integration" },
  },
  exhausted: { ...app, token: "ghs_standin_exhausted", exhausted: true },
  classic: {
    ...person,
    token: "ghp_standin_classic",
    oauthScopes: "repo, admin:org",
    expiresAt: "2099-10-12 09:00:00 UTC",
  },
  classicNoScope: {
    ...person,
    token: "ghp_standin_no_scope",
    oauthScopes: "read:org",
    refusal: { status: 404, message: "Not Found" },
  },
  classicNotAdmin: {
    ...person,
    token: "ghp_standin_not_admin",
    oauthScopes: "repo, admin:org",
    refusal: { status: 403, message: "Must have admin rights to Repository." },
  },
  fineGrained: { ...person, token: "github_pat_standin_fine", expiresAt: "2099-10-12 09:00:00 UTC" },
  fineGrainedNoPermission: {
    ...person,
    token: "github_pat_standin_no_permission",
    refusal: { status: 403, message: "Resource not accessible by personal access token" },
  },
  withoutPrefix: { ...person, token: "0123456789abcdef0123456789abcdef01234567", oauthScopes: "repo" },
  singleSignOn: {
    ...person,
    token: "github_pat_standin_sso",
    refusal: {
      status: 403,
      message: "Resource protected by organization SAML enforcement.",
      headers: { "x-github-sso": "required; url=https://github.com/orgs/octo-org/sso?authorization_request=EXAMPLE" },
    },
  },
  blind: { ...app, token: "ghs_standin_blind", seesNothing: true },
  rejected: { token: "ghp_standin_rejected", kind: "rejected" },
} satisfies Record<string, GithubCredential>;

/** The secret of the credential of this kind. */
export function githubToken(kind: keyof typeof kinds): string {
  return kinds[kind].token;
}

export const githubCredentials: GithubCredential[] = Object.values(kinds);
