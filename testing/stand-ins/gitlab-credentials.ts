export type Credential = {
  token: string;
  scopes: string[];
  user: { id: number; username: string; bot: boolean };
  projectRole: number | null;
  groupRole: number | null;
  expiresAt: string | null;
  active: boolean;
  /** GitLab's message when it rejects the credential. */
  rejected?: string;
  mayReadItself: boolean;
};

export const target = { project: { id: 123, path: "test/test-project" }, group: { id: 45, path: "test" } };

const projectBot = { id: 3, username: "project_123_bot_4ffca233d8298ea1", bot: true };
const groupBot = { id: 5, username: "group_45_bot_1f2e3d4c5b6a7980", bot: true };
const person = { id: 1, username: "john_smith", bot: false };

const good: Omit<Credential, "token"> = {
  scopes: ["api"],
  user: projectBot,
  projectRole: 40,
  groupRole: null,
  expiresAt: "2099-07-22",
  active: true,
  mayReadItself: true,
};

const kinds = {
  projectBot: {},
  groupBot: { user: groupBot, groupRole: 50 },
  serviceAccount: { user: { id: 7, username: "service_account_group_45_a1b2", bot: true }, groupRole: 50 },
  createRunnerAndSelf: { scopes: ["create_runner", "manage_runner"] },
  createRunnerOnly: { scopes: ["create_runner"], mayReadItself: false },
  createRunnerOnlyDeveloper: { scopes: ["create_runner"], mayReadItself: false, projectRole: 30 },
  personal: { user: person, groupRole: 50, expiresAt: null },
  expired: { rejected: "Token is expired. You can either do re-authorization or token refresh." },
  revoked: { rejected: "Token was revoked. You have to re-authorize from the user." },
  inactive: { active: false },
  readOnly: { scopes: ["read_api"] },
  noScope: { scopes: ["read_repository"], mayReadItself: false },
  developer: { projectRole: 30 },
  groupMaintainer: { user: groupBot, groupRole: 40 },
  stranger: { projectRole: null },
} satisfies Record<string, Partial<Credential>>;

/** The secret of the credential of this kind. */
export function gitlabToken(kind: keyof typeof kinds): string {
  return `glpat-standin-${kind}`;
}

export const gitlabCredentials: Credential[] = Object.entries(kinds).map(([kind, differs]) => ({
  ...good,
  ...differs,
  token: `glpat-standin-${kind}`,
}));
