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

/** Starts haproxy as the document says, with this machine's addresses and without TLS. Returns its end. */
export async function startHaproxy(program: string, place: Place, nodes: PostgresNode[], ports: Ports) {
  const database = replaceEach(
    replaceEach(documented("haproxy", "/primary"), /(?<=^ +bind ).*$/gm, [`127.0.0.1:${ports.database}`]),
    /(?<=^ +server ).*$/gm,
    nodes.map(({ name, address, apiPort }) => `${name} ${address} check port ${apiPort}`),
  );
  const instances = replaceEach(
    replaceEach(documented("haproxy", "/health/ready"), /(?<=^ +bind ).*$/gm, [`127.0.0.1:${ports.site}`]),
    /(?<=^ +server ).*$/gm,
    ports.instances.map((port, index) => `app${index + 1} 127.0.0.1:${port} check`),
  );
  const file = join(place.folder, "haproxy.cfg");
  await writeFile(file, `${database}\n${instances}`);
  const { pid, ended } = startProgram("haproxy", [program, "-db", "-f", file], place);
  return async () => {
    signalAll([pid], "SIGKILL");
    await ended;
  };
}
