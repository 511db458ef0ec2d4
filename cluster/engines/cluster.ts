import { randomBytes } from "node:crypto";
import type { Etcd } from "./etcd";
import { startEtcd } from "./etcd";
import { choosePorts, type Ports, startHaproxy } from "./haproxy";
import { makeNode, type PostgresNode } from "./node";
import { type Place, until } from "./processes";
import type { Programs } from "./requirements";

/** Two PostgreSQL nodes with what finds the primary and the instances. */
export type Cluster = { etcd: Etcd; nodes: PostgresNode[]; ports: Ports; databaseUrl: string };

export const databaseLogin = "vehaas";

/** Starts etcd, the nodes and haproxy, and makes an empty database. Adds how each is ended to `ends`. */
export async function startCluster(
  programs: Programs,
  place: Place,
  ends: (() => Promise<unknown>)[],
): Promise<Cluster> {
  const etcd = await startEtcd(programs.etcd, place);
  ends.unshift(etcd.kill);
  const nodes: PostgresNode[] = [];
  for (const name of ["node1", "node2"]) nodes.push(await makeNode(name, etcd.port, programs, place));
  for (const node of nodes) {
    node.start();
    ends.unshift(() => node.kill());
  }
  await healthy(nodes);
  const ports = await choosePorts();
  ends.unshift(await startHaproxy(programs.haproxy, place, nodes, ports));
  const password = randomBytes(18).toString("hex");
  const primary = await primaryOf(nodes);
  await primary.query(`create role ${databaseLogin} login createrole password '${password}'`);
  await primary.query(`create database vehaas owner ${databaseLogin}`);
  const databaseUrl = `postgres://${databaseLogin}:${password}@127.0.0.1:${ports.database}/vehaas`;
  return { etcd, nodes, ports, databaseUrl };
}

/** Waits until one node is the primary and the other its synchronous standby, for the primary and for Patroni. */
export async function healthy(nodes: PostgresNode[]): Promise<void> {
  await until(
    "a primary with a synchronous standby",
    async () => {
      const rows = await (await primaryOf(nodes)).query(
        "select 1 from pg_stat_replication where state = 'streaming' and sync_state = 'sync'",
      );
      return rows.length === 1 && (await Promise.all(nodes.map((node) => node.isSynchronous()))).includes(true);
    },
    180,
  );
}

export async function primaryOf(nodes: PostgresNode[]): Promise<PostgresNode> {
  for (const node of nodes) if (await node.isPrimary()) return node;
  throw new Error("there is no primary");
}

export async function standbyOf(nodes: PostgresNode[]): Promise<PostgresNode> {
  for (const node of nodes) if (await node.isSynchronous()) return node;
  throw new Error("there is no synchronous standby");
}
