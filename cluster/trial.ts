import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { checksOf } from "./checks";
import { watchConnections } from "./connections";
import { type Cluster, healthy, primaryOf } from "./engines/cluster";
import { until } from "./engines/processes";
import type { Fault } from "./faults";
import { type Instance, runCommand } from "./instance";
import { type Answer, isGood, isOf, type Kind, Load, type Scene } from "./load";
import type { Outcome } from "./report";

/** What all trials have in common. `heads` of the audit log grow from trial to trial. */
export type World = {
  cluster: Cluster;
  instances: Instance[];
  scene: Scene;
  env: Record<string, string>;
  folder: string;
  mostConnections: number;
  heads: string[];
};

const quiet = 3000;
const longestReturn = 120;

/** Causes the fault under load, waits until all is well again, and checks what must hold. */
export async function tryFault(name: string, fault: Fault, world: World): Promise<Outcome> {
  const { cluster, instances, scene, mostConnections } = world;
  const { ledger } = scene;
  await healthy(cluster.nodes);
  const before = { ...ledger.violations };
  const load = new Load(scene);
  const watch = watchConnections(cluster.nodes);
  load.start(fault.writers ?? 2);
  await isBack(load);
  const [checkedFrom, acknowledgedBefore] = [performance.now(), ledger.acknowledged];
  let begun = checkedFrom;
  await fault.cause({ cluster, instances }, () => {
    begun = performance.now();
  });
  const isAnsweredAgain = await isBack(load);
  await load.stop();
  const connections = await watch.stop();
  const answers = load.answers.filter(({ ended }) => ended > checkedFrom);
  const acknowledged = ledger.acknowledged - acknowledgedBefore;

  await healthy(cluster.nodes);
  const look = new Load(scene);
  await look.lookAtAll();
  const primary = await primaryOf(cluster.nodes);
  const lost = await ledger.countLost((text, values) => primary.query(text, values, "vehaas"));
  const checks = checksOf({
    answers,
    afterwards: look.answers,
    unharmed: fault.unharmed,
    isAnsweredAgain,
    acknowledged,
    lost: lost + ledger.violations.lost - before.lost,
    accepted: ledger.violations.accepted - before.accepted,
    refused: ledger.violations.refused - before.refused,
    connections,
    mostConnections,
    areInstancesRunning: instances.every(({ isRunning }) => isRunning()),
    isAuditLogIntact: await isAuditLogIntact(name, world),
  });
  return {
    title: fault.title,
    checks,
    answers: answers.length,
    failed: answers.filter((answer) => !isGood(answer)).length,
    authentication: secondsUntilBack(answers, "authentication", begun),
    write: secondsUntilBack(answers, "write", begun),
    acknowledged,
    connections,
  };
}

/** True once lookups and writes have been answered for a while, and none has failed; false if that never comes. */
async function isBack(load: Load): Promise<boolean> {
  const isQuiet = async () => {
    const since = performance.now() - quiet;
    const last = load.answers.filter(({ ended }) => ended > since);
    const kinds: Kind[] = ["authentication", "write"];
    return last.every(isGood) && kinds.every((kind) => last.filter(isOf(kind)).length > 3);
  };
  await setTimeout(quiet);
  return until("requests are answered again", isQuiet, longestReturn).then(
    () => true,
    () => false,
  );
}

/** Until the first request that succeeded after the first one that failed; undefined if none failed. */
function secondsUntilBack(answers: Answer[], kind: Kind, begun: number): number | undefined {
  const ofKind = answers.filter(isOf(kind));
  const failures = ofKind.filter((answer) => !isGood(answer) && answer.ended > begun);
  const firstFailure = Math.min(...failures.map(({ ended }) => ended));
  const successes = ofKind.filter((answer) => isGood(answer) && answer.begun > Math.max(begun, firstFailure));
  if (failures.length === 0) return undefined;
  return (Math.min(...successes.map(({ ended }) => ended)) - begun) / 1000;
}

/** Checks the chains against the heads that earlier trials have seen, too. */
async function isAuditLogIntact(name: string, world: World): Promise<boolean> {
  const { folder, env, heads } = world;
  const log = `audit-${name}`;
  const code = await runCommand(
    log,
    "verify-audit",
    heads.flatMap((head) => ["--head", head]),
    folder,
    env,
  );
  const output = await readFile(join(folder, `${log}.log`), "utf8");
  const found = [...output.matchAll(/--head (\S+)/g)].map(([, head = ""]) => head);
  heads.push(...found);
  return code === 0 && found.length > 0;
}
