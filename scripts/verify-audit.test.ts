import { execFile } from "node:child_process";
import { expect, test } from "vitest";
import { createChain, tamper } from "@/testing/audit-chain";

type Ended = { code: number; stdout: string; stderr: string };

function verify(...options: string[]): Promise<Ended> {
  const script = ["--import", "tsx", "scripts/verify-audit.ts", ...options];
  return new Promise((resolve) => {
    execFile(process.execPath, script, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

test("npm run audit:verify prints each chain's head, accepts it again, and exits with 1 on a finding", async () => {
  const { id, entries } = await createChain(3);
  const head = `${id}:3:${entries[2]?.hash.toString("hex")}`;
  expect(await verify("--head", head)).toEqual({
    code: 0,
    stdout: `${id}: 3 events, --head ${head}\nNothing was altered, removed or inserted.\n`,
    stderr: "",
  });

  await tamper("update audit_events set actor_name = E'x\\n\\u202efake' where id = $1", entries[0]?.eventId);
  await tamper("delete from audit_events where id = $1", entries[2]?.eventId);
  await tamper("delete from audit_chain where event_id = $1", entries[2]?.eventId);
  const { code, stdout } = await verify("--head", head);
  expect(code).toBe(1);
  expect(stdout.split("\n")).toEqual([
    expect.stringMatching(
      new RegExp(`^${id}, position 1: event ${entries[0]?.eventId} was altered, .*"actorName":"x\\\\n\\\\u{202e}fake"`),
    ),
    `${id}, position 3, noted as the head, is not in the chain: its end was removed.`,
    expect.stringMatching(new RegExp(`^${id}: 2 events, --head ${id}:2:[0-9a-f]{64}$`)),
    "Findings: 2.",
    "",
  ]);
}, 60_000);

test("an invalid head is refused in one line", async () => {
  expect(await verify("--head", "org_1:5")).toEqual({
    code: 1,
    stdout: "",
    stderr: "--head org_1:5 is not as this command prints it: organization:position:hash.\n",
  });
}, 60_000);
