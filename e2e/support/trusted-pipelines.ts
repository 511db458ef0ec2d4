import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Locator, Page } from "playwright/test";
import { db } from "@/db/client";
import { refusedExchanges } from "@/db/schema";
import type { Person } from "@/lib/auth/actor";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { addPipeline, githubPipeline } from "@/testing/pipelines/pipelines";
import { gitlabToken, target } from "@/testing/stand-ins/gitlab-credentials";
import { createSigner, githubClaims, gitlabClaims } from "@/testing/stand-ins/pipeline-issuer";
import { startStandIn } from "@/testing/stand-ins/server";
import { tokenPath } from "./token-acts";
import { test as base, expect } from "./version-control";

export { addPipeline, expect, githubPipeline };

type Fixtures = {
  /** The token's tab Trusted Pipelines, opened as the group's admin. The token has an access for the stand-in GitLab. */
  tab: Page;
  /** Signs ID tokens of jobs of the stand-in's project. `keys` is the JWKS to paste. */
  jobs: {
    keys: string;
    idToken: (claims?: Record<string, unknown>) => Promise<string>;
    /** Of a key that is not among `keys`. */
    forged: () => Promise<string>;
  };
};

export const test = base.extend<Fixtures>({
  tab: async ({ page, tenant, token, gitlab, signInAs }, use) => {
    const credential = { token: gitlabToken("projectBot"), tokenScope: "project", targetId: "123" };
    const input = { providerType: "gitlab", providerUrl: gitlab.url, ...credential };
    await addAccess(tenant.group.admin, token.id, addAccessInput.parse(input));
    await signInAs(tenant.group.admin);
    await page.goto(`${tokenPath(tenant, token)}/trusted-pipelines`);
    await use(page);
  },
  jobs: async ({ gitlab, baseURL }, use) => {
    const { jwk, sign } = await createSigner();
    const { path: project_path, id } = target.project;
    const usual = { ...gitlabClaims, iss: gitlab.url, aud: baseURL, project_path, project_id: String(id) };
    await use({
      keys: JSON.stringify({ keys: [jwk] }),
      idToken: (claims = {}) => sign({ ...usual, ...claims }),
      forged: async () => (await createSigner()).sign(usual),
    });
  },
});

export const pipelineRow = (page: Page, project: string) =>
  page.getByRole("table", { name: "Trusted pipelines" }).getByRole("row").filter({ hasText: project });

export const refusalRow = (page: Page, text: string) =>
  page.getByRole("table", { name: "Refused exchanges" }).getByRole("row").filter({ hasText: text });

export async function openPipelineDialog(page: Page): Promise<Locator> {
  await page.getByRole("button", { name: "Add Trusted Pipeline" }).click();
  const dialog = page.getByRole("dialog", { name: "Add Trusted Pipeline" });
  await expect(dialog).toBeVisible();
  return dialog;
}

export const submitPipeline = (dialog: Locator) => dialog.getByRole("button", { name: "Add", exact: true }).click();

/** The text of a ready job, as "Copy" gives it. */
export async function jobDefinition(page: Page, label: string): Promise<string> {
  await page.getByRole("tablist", { name: "Job definitions" }).getByRole("tab", { name: label }).click();
  return page.getByRole("textbox", { name: `Job for ${label}` }).inputValue();
}

type Ran = { output: string; variables: string };

/** Runs the lines of a definition below `marker` as its runner does, stopping at the first failure. */
export async function runLines(definition: string, marker: string, env: Record<string, string>): Promise<Ran> {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-job-"));
  const variables = join(folder, "env");
  try {
    const script = blockBelow(definition, marker);
    const options = { env: { ...process.env, GITHUB_ENV: variables, ...env } };
    const { stdout, stderr } = await promisify(execFile)("bash", ["-eo", "pipefail", "-c", script], options);
    return { output: `${stdout}${stderr}`, variables: await readFile(variables, "utf8").catch(() => "") };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** The lines that are indented deeper than the marker's line, without their indentation. */
function blockBelow(text: string, marker: string): string {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.trim() === marker);
  if (start < 0) throw new Error(`the definition has no line ${marker}`);
  const depth = indentationOf(lines[start + 1] ?? "");
  const after = lines.slice(start + 1);
  const end = after.findIndex((line) => indentationOf(line) < depth);
  return after
    .slice(0, end < 0 ? undefined : end)
    .map((line) => line.slice(depth))
    .join("\n");
}

function indentationOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** Trusts the main branch of a GitHub repository, and starts what answers its jobs with their ID token. */
export async function startGithubRunner({
  admin,
  tokenId,
  audience,
}: {
  admin: Person;
  tokenId: string;
  audience?: string;
}) {
  const { jwk, sign } = await createSigner();
  const publicKeys = { keys: [{ ...jwk }] };
  await addPipeline(admin, tokenId, { ...githubPipeline, ref: "refs/heads/main", publicKeys });
  const idToken = await sign({
    ...githubClaims,
    iss: "https://token.actions.githubusercontent.com",
    aud: audience,
    repository_id: githubPipeline.projectId,
    repository_owner_id: githubPipeline.ownerId,
  });
  const server = await startStandIn(({ headers, url }) => {
    const isAsked = headers.authorization === "bearer request-token" && url.searchParams.get("audience") === audience;
    return isAsked ? { status: 200, body: { count: 1, value: idToken } } : { status: 401, body: {} };
  });
  const env = {
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "request-token",
    ACTIONS_ID_TOKEN_REQUEST_URL: `${server.url}/token?api-version=2.0`,
  };
  return { idToken, env, close: server.close };
}

/** A refusal of a job on a feature branch of the GitHub repository, as an exchange records it. */
export async function insertRefusal({ id, organizationId }: { id: string; organizationId: string }): Promise<void> {
  await db.insert(refusedExchanges).values({
    organizationId,
    accessTokenId: id,
    job: { project: githubPipeline.project, ref: "refs/heads/feature/x" },
    differences: [{ claim: "ref", expected: "refs/heads/main", found: "refs/heads/feature/x" }],
    allows: { ...githubPipeline, ref: "refs/heads/feature/x" },
  });
}
