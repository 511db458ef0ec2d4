// `npm run test:cluster`: what high availability is claimed from. `npm run test:cluster -- --only kill,switchover`
import { randomBytes } from "node:crypto";
import { chmod, chown, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { accountInPlaceOfRoot, isRoot } from "@/db/embedded/account";
import { run } from "@/scripts/bootstrap.mjs";
import { buildIfStale } from "@/scripts/build.mjs";
import { signJwt } from "@/testing/api/person-jwt";
import { startIdentityProvider } from "@/testing/stand-ins/identity-provider";
import { startCluster } from "./engines/cluster";
import type { Place } from "./engines/processes";
import { findPrograms, MissingProgramsError, type Programs } from "./engines/requirements";
import { faults } from "./faults";
import { makeInstance } from "./instance";
import { Ledger } from "./ledger";
import { type Check, type Outcome, showChecks, showTable } from "./report";
import { tryFault, type World } from "./trial";

/** The exit code where programs are missing: nothing was tested. */
const nothingTested = 3;
const audience = "https://tokens.example.com/api";
const poolSize = 20;

const { values } = parseArgs({ options: { only: { type: "string", default: Object.keys(faults).join() } } });
const names = values.only.split(",");
const unknown = names.filter((name) => !faults[name]);
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(", ")}. There are: ${Object.keys(faults).join(", ")}.`);
  process.exit(1);
}

process.exit(await main());

async function main(): Promise<number> {
  let programs: Programs;
  try {
    programs = findPrograms();
  } catch (error) {
    if (!(error instanceof MissingProgramsError)) throw error;
    console.error(error.message);
    return nothingTested;
  }
  if (!(await buildIfStale(run))) return 1;
  const ends: (() => Promise<unknown>)[] = [];
  const endAll = async () => {
    for (const end of ends.splice(0)) await end().catch((error) => console.error(error));
  };
  const place = await makePlace();
  const abort = async () => {
    await endAll();
    await rm(place.folder, { recursive: true, force: true });
    process.exit(1);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => void abort());
  let failed = 1;
  try {
    failed = await testAll(await startWorld(programs, place, ends));
  } finally {
    await endAll();
    if (failed === 0) await rm(place.folder, { recursive: true });
    else console.info(`Logs and data are in ${place.folder}.`);
  }
  return failed === 0 ? 0 : 1;
}

/** Returns how many checks failed. */
async function testAll(world: World): Promise<number> {
  const outcomes: Outcome[] = [];
  const checks: Check[] = [];
  const add = (more: Check[]) => {
    showChecks(more);
    checks.push(...more);
  };
  for (const name of names) {
    const fault = faults[name];
    if (!fault) continue;
    console.info(`\n${name}: ${fault.title} …`);
    try {
      const outcome = await tryFault(name, fault, world);
      add(outcome.checks);
      outcomes.push(outcome);
    } catch (error) {
      // The cluster is not as the next fault needs it.
      add([{ what: String(error), isPassed: false }]);
      break;
    }
  }
  showTable(outcomes);
  const failed = checks.filter(({ isPassed }) => !isPassed).length;
  console.info(`${checks.length - failed} passed, ${failed} failed`);
  return failed;
}

/** A folder that the account which runs PostgreSQL can use. */
async function makePlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-cluster-"));
  const account = isRoot() ? await accountInPlaceOfRoot(join(folder, "data")) : undefined;
  if (account) await chown(folder, account.uid, account.gid);
  await chmod(folder, 0o755);
  return { folder, account };
}

async function startWorld(programs: Programs, place: Place, ends: (() => Promise<unknown>)[]): Promise<World> {
  const { folder } = place;
  const issuer = await startIdentityProvider([], audience);
  ends.unshift(issuer.close);
  const cluster = await startCluster(programs, place, ends);
  const url = `http://127.0.0.1:${cluster.ports.site}`;
  const env = {
    DATABASE_URL: cluster.databaseUrl,
    DATABASE_POOL_SIZE: String(poolSize),
    AUTH_SECRET: randomBytes(33).toString("base64"),
    ENCRYPTION_KEYS: `k1:${randomBytes(32).toString("base64")}`,
    AUTH_URL: url,
    OIDC_ISSUER: issuer.issuer,
    OIDC_CLIENT_ID: issuer.clientId,
    OIDC_CLIENT_SECRET: issuer.clientSecret,
    OIDC_API_AUDIENCE: audience,
  };
  const instances = cluster.ports.instances.map((port, index) => makeInstance(`app${index + 1}`, port, folder, env));
  for (const instance of instances) {
    ends.unshift(() => instance.stop("SIGINT"));
    await instance.start();
  }
  Object.assign(process.env, env);
  const { seed } = await import("./tenant");
  const seeded = await seed(issuer.issuer, { writers: 12, kept: 20 });
  const scene = { url, seeded, ledger: new Ledger(seeded), jwt: () => signJwt(issuer, audience, seeded.personId) };
  const mostConnections = instances.length * (poolSize + 4);
  return { cluster, instances, scene, env, folder, mostConnections, heads: [] };
}
