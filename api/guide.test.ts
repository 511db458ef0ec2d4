import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { createToken } from "@/lib/testing/access-tokens";
import { gitlabToken } from "@/lib/testing/stand-ins/gitlab-credentials";
import { createTenant } from "@/lib/testing/tenant";
import { askAs } from "./testing/ask";
import { commandsOf, readCurl } from "./testing/curl";
import { usePeople } from "./testing/people";
import { serveApi } from "./testing/server";
import { accessesOf, gitlabBody, useProviders } from "./testing/version-control";

const people = usePeople();
const providers = useProviders();
const guide = readFileSync(new URL("../docs/api.md", import.meta.url), "utf8");

let base: string;
beforeAll(async () => {
  base = await serveApi();
});

/** What the reader of the guide has: a group, two tokens in it, and an access of the one that asks. */
async function createVariables(): Promise<Record<string, string>> {
  const { group } = await createTenant();
  const asking = await createToken(group.admin, group.scope, { admin: true });
  await askAs(base, asking.secret, "POST", accessesOf(asking.id), gitlabBody(providers));
  await people.link(group.admin);
  return {
    VEHAAS: `${base}/api/v2.0`,
    VEHAAS_TOKEN: asking.secret,
    VEHAAS_JWT: await people.jwtOf(group.admin.userId),
    GROUP_ID: group.id,
    TOKEN_ID: (await createToken(group.admin, group.scope, { name: "nightly" })).id,
    OLD_TOKEN_ID: (await createToken(group.admin, group.scope)).id,
    REQUEST_ID: crypto.randomUUID(),
    EXPIRATION: new Date(Date.now() + 86_400_000).toISOString().slice(0, 10),
  };
}

/** Sends the command, with stand-ins for what is elsewhere, and keeps what later ones need of the answer. */
async function run(command: string[], variables: Record<string, string>): Promise<Response> {
  const elsewhere = {
    "https://gitlab.com": providers.gitlab.url,
    "glpat-…": gitlabToken("projectBot"),
    "group/project": "123",
  };
  const words = command.map((one) =>
    Object.entries(elsewhere).reduce((text, [what, by]) => text.replace(what, by), one),
  );
  const { url, ...request } = readCurl(words);
  const response = await fetch(url, request);
  const etag = response.headers.get("etag");
  if (etag) variables.ETAG = etag;
  const made = /\/(version-control-accesses|runners)$/.exec(url)?.[1];
  if (response.status === 201 && made) {
    const { id } = await response.clone().json();
    variables[made === "runners" ? "RUNNER_ID" : "ACCESS_ID"] = id;
  }
  return response;
}

test("every command of docs/api.md does what it is there for", async () => {
  const variables = await createVariables();
  let asked = 0;
  for (const [, block = ""] of guide.matchAll(/^```sh\n(.*?)^```$/gms)) {
    for (const command of commandsOf(block, variables)) {
      if (command[0] === "export") continue;
      const response = await run(command, variables);
      const { status } = response;
      expect(response.ok, `${command.join(" ")}: ${status} ${await response.text()}`).toBe(true);
      asked += 1;
    }
  }
  expect(asked).toBe(guide.match(/^curl /gm)?.length);
});
