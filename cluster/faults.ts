import { setTimeout } from "node:timers/promises";
import { type Cluster, primaryOf, standbyOf } from "./engines/cluster";
import { documented } from "./engines/documented";
import type { Etcd } from "./engines/etcd";
import type { PostgresNode } from "./engines/node";
import { signalAll, until } from "./engines/processes";
import type { Instance } from "./instance";
import type { Kind } from "./load";

type Target = { cluster: Cluster; instances: Instance[] };

export type Fault = {
  title: string;
  /** How many clients change variables meanwhile, instead of two. */
  writers?: number;
  /** Requests of which none may fail. */
  unharmed: Kind[];
  /** Returns once the fault is over. `begin` is called when the time until the return of requests begins. */
  cause: (target: Target, begin: () => void) => Promise<void>;
};

const stops = 20;
const lookups: Kind[] = ["authentication", "refusal"];
const all: Kind[] = [...lookups, "reading", "write"];

export const faults: Record<string, Fault> = {
  kill: {
    title: "primary and its Patroni killed",
    unharmed: [],
    cause: async ({ cluster: { nodes } }, begin) => {
      const primary = await primaryOf(nodes);
      begin();
      await primary.kill();
      await until("another primary", async () => (await primaryOf(nodes)) !== primary);
      primary.start();
    },
  },
  switchover: {
    title: "switchover",
    unharmed: [],
    cause: async ({ cluster: { nodes } }, begin) => {
      const [primary, standby] = [await primaryOf(nodes), await standbyOf(nodes)];
      begin();
      await primary.ask("POST", "/switchover", { leader: primary.name, candidate: standby.name });
    },
  },
  rolling: {
    title: `${stops} stops and starts of instances, in turn`,
    unharmed: all,
    cause: async ({ instances }, begin) => {
      begin();
      for (let stop = 0; stop < stops; stop++) {
        const instance = instances[stop % instances.length];
        await instance?.stop("SIGTERM");
        await instance?.start();
      }
    },
  },
  silent: {
    title: "standby silent for 60 s, 12 writers, wal_sender_timeout 2min",
    writers: 12,
    unharmed: lookups,
    cause: async ({ cluster: { nodes } }, begin) => {
      await setWalSenderTimeout(nodes, "2min");
      try {
        await silence(nodes, 60_000, begin);
      } finally {
        await setWalSenderTimeout(nodes, documentedTimeout());
      }
    },
  },
  "silent-documented": {
    title: "standby silent for 45 s, 12 writers",
    writers: 12,
    unharmed: lookups,
    cause: ({ cluster: { nodes } }, begin) => silence(nodes, 45_000, begin),
  },
  frozen: {
    title: "primary and its Patroni frozen for 45 s",
    unharmed: [],
    cause: async ({ cluster: { nodes } }, begin) => {
      const primary = await primaryOf(nodes);
      begin();
      await primary.freeze();
      await setTimeout(45_000);
      await primary.thaw();
    },
  },
  etcd: {
    title: "etcd away for 45 s, measured from its return",
    unharmed: [],
    cause: async ({ cluster: { etcd } }, begin) => {
      await withoutEtcd(etcd);
      begin();
    },
  },
  "etcd-failsafe": {
    title: "etcd away for 45 s, with failsafe_mode",
    unharmed: all,
    cause: async ({ cluster: { etcd, nodes } }, begin) => {
      await (await primaryOf(nodes)).ask("PATCH", "/config", { failsafe_mode: true });
      // Patroni reads it in its next loop, and writes down its members in the one after.
      await setTimeout(25_000);
      begin();
      await withoutEtcd(etcd);
      await (await primaryOf(nodes)).ask("PATCH", "/config", { failsafe_mode: null });
    },
  },
};

async function withoutEtcd(etcd: Etcd): Promise<void> {
  await etcd.kill();
  await setTimeout(45_000);
  await etcd.start();
}

/** The standby's receiver stops, while its connection stays open. */
async function silence(nodes: PostgresNode[], milliseconds: number, begin: () => void): Promise<void> {
  const rows = await (await standbyOf(nodes)).query("select pid from pg_stat_wal_receiver");
  const receiver = Number(rows[0]?.pid);
  begin();
  signalAll([receiver], "SIGSTOP");
  await setTimeout(milliseconds);
  signalAll([receiver], "SIGCONT");
}

async function setWalSenderTimeout(nodes: PostgresNode[], value: string): Promise<void> {
  const primary = await primaryOf(nodes);
  await primary.ask("PATCH", "/config", { postgresql: { parameters: { wal_sender_timeout: value } } });
  await until("the new wal_sender_timeout", async () => {
    return (await primary.query("show wal_sender_timeout"))[0]?.wal_sender_timeout === value;
  });
}

function documentedTimeout(): string {
  const [, value] = /wal_sender_timeout: (\S+)/.exec(documented("yaml", "synchronous_mode")) ?? [];
  if (!value) throw new Error("the document names no wal_sender_timeout");
  return value;
}
