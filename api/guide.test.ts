import { readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { beforeAll, expect, test } from "vitest";
import { isInstalled } from "@/scripts/shells.mjs";
import { createToken } from "@/testing/access-tokens";
import { askAs } from "@/testing/api/ask";
import { environmentOf } from "@/testing/api/environment-variables";
import { usePeople } from "@/testing/api/people";
import { serveApi } from "@/testing/api/server";
import { accessesOf, useProviders } from "@/testing/api/version-control";
import { startWitness } from "@/testing/api/witness";
import { unregisterDueRunners } from "@/testing/runners/unregister-due";
import { execute } from "@/testing/session-env/session-env";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import { createTenant } from "@/testing/tenant";

const people = usePeople();
const providers = useProviders();
const guide = readFileSync(new URL("../docs/api.md", import.meta.url), "utf8");
const commands = [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block).join("");

let base: string;
beforeAll(async () => {
  base = await serveApi();
});

/** The commands with the reader's values filled in, and stand-ins for other systems. */
function filledIn(values: Record<string, string>): string {
  return Object.entries(values).reduce((text, [what, by]) => {
    expect(text).toContain(what);
    return text.replaceAll(what, by);
  }, commands);
}

const testShell = test.skipIf(!isInstalled("sh") || !isInstalled("curl"));

testShell("the commands of docs/api.md run from top to bottom, and leave nothing behind", async () => {
  const { group } = await createTenant();
  const { id, secret } = await createToken(group.admin, group.scope, { admin: true });
  await people.link(group.admin);
  const { url, answers } = await startWitness(base);
  const script = filledIn({
    "http://localhost:3000": url,
    "vhg_…": secret,
    "eyJ…": await people.jwtOf(group.admin.userId),
    "https://gitlab.com": providers.gitlab.url,
    "glpat-…": gitlabToken("projectBot"),
    "group/project": "123",
  });
  const { code, stdout, stderr } = await execute(["sh", "-euc", script], { cwd: tmpdir(), env: {} });
  expect(answers.filter((answer) => !/: 20[0124]$/.test(answer))).toEqual([]);
  expect(code, stderr).toBe(0);
  expect(answers).toHaveLength(commands.match(/\bcurl /g)?.length ?? 0);
  expect(stdout.toString()).toContain("export DATABASE_URL='postgres://db2.example.com/bench'");

  expect(await environmentOf(base, secret)).toEqual([]);
  expect((await askAs(base, secret, "GET", accessesOf(id))).body.items).toEqual([]);
  const { body } = await askAs(base, secret, "GET", `/api/v2.0/access-tokens?group_id=${group.id}`);
  expect(body.items).toEqual([expect.objectContaining({ id })]);
  await unregisterDueRunners();
  expect(providers.gitlab.runners.size).toBe(0);
});
