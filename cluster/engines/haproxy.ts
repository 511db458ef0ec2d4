import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { documented, replaceEach } from "./documented";
import type { PostgresNode } from "./node";
import { freePort, type Place, signalAll, startProgram } from "./processes";

/** Ports of the way to the primary, and of the instances' load balancer. */
export type Ports = { database: number; site: number; instances: number[] };

export async function choosePorts(): Promise<Ports> {
  const [database = 0, site = 0, ...instances] = await Promise.all(Array.from({ length: 4 }, freePort));
  return { database, site, instances };
}

/** Starts haproxy, and returns its end. */
export async function startHaproxy(program: string, place: Place, nodes: PostgresNode[], ports: Ports) {
  const file = join(place.folder, "haproxy.cfg");
  await writeFile(file, haproxyConfig(nodes, ports));
  const { pid, ended } = startProgram("haproxy", [program, "-db", "-f", file], place);
  return async () => {
    signalAll([pid], "SIGKILL");
    await ended;
  };
}

/** As the document says, with this machine's addresses and without TLS. */
export function haproxyConfig(nodes: Pick<PostgresNode, "name" | "address" | "apiPort">[], ports: Ports): string {
  const database = withAddresses(
    documented("haproxy", "/primary"),
    ports.database,
    nodes.map(({ name, address, apiPort }) => `${name} ${address} check port ${apiPort}`),
  );
  const site = withAddresses(
    documented("haproxy", "/health/ready"),
    ports.site,
    ports.instances.map((port, index) => `app${index + 1} 127.0.0.1:${port} check`),
  );
  return `${database}\n${site}`;
}

function withAddresses(config: string, port: number, servers: string[]): string {
  const bound = replaceEach(config, /(?<=^ +bind ).*$/gm, [`127.0.0.1:${port}`]);
  return replaceEach(bound, /(?<=^ +server ).*$/gm, servers);
}
