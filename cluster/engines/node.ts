import { randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "pg";
import { documented } from "./documented";
import { childrenOf, freePort, nameOf, type Place, type Program, signalAll, startProgram, statusOf } from "./processes";
import type { Programs } from "./requirements";

const password = randomBytes(18).toString("hex");

/** A PostgreSQL server, and the Patroni that runs it. */
export type PostgresNode = Awaited<ReturnType<typeof makeNode>>;

/** A node of the cluster whose etcd is at this port. It is not started yet. */
export async function makeNode(name: string, etcdPort: number, programs: Programs, { folder, account }: Place) {
  const [port, apiPort] = [await freePort(), await freePort()];
  const data = join(folder, name);
  const config = join(folder, `${name}.yaml`);
  const api = `http://127.0.0.1:${apiPort}`;
  await writeFile(config, patroniConfig({ name, port, apiPort, etcdPort, data, folder, bin: programs.postgres }));
  let patroni: Program | undefined;

  /** Patroni, and PostgreSQL's processes. */
  async function processes(): Promise<number[]> {
    const file = await readFile(join(data, "postmaster.pid"), "utf8").catch(() => "");
    const postmaster = Number(file.split("\n")[0]);
    const server = isPostgres(postmaster) ? [postmaster, ...childrenOf(postmaster)] : [];
    return [...(patroni?.isRunning() ? [patroni.pid] : []), ...server];
  }

  return {
    name,
    api,
    address: `127.0.0.1:${port}`,
    apiPort,
    start: () => {
      patroni = startProgram(name, [programs.patroni, config], { folder, account });
    },
    /** The second round stops what PostgreSQL started during the first. */
    freeze: async () => {
      for (let round = 0; round < 2; round++) signalAll(await processes(), "SIGSTOP");
    },
    thaw: async () => signalAll(await processes(), "SIGCONT"),
    kill: async () => {
      signalAll(await processes(), "SIGKILL");
      await patroni?.ended;
    },
    isPrimary: async () => (await statusOf(`${api}/primary`)) === 200,
    isSynchronous: async () => (await statusOf(`${api}/synchronous`)) === 200,
    /** Sends JSON to Patroni, and waits for its answer. */
    ask: async (method: string, path: string, body: object) => {
      const answer = await fetch(api + path, { method, body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(`Patroni answered ${answer.status} to ${path}: ${await answer.text()}`);
    },
    /** Rows that a superuser reads, within two seconds. */
    query: async (text: string, values: unknown[] = [], database = "postgres"): Promise<Record<string, unknown>[]> => {
      const connectionString = `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
      const client = new Client({ connectionString, connectionTimeoutMillis: 2000, query_timeout: 10_000 });
      client.on("error", () => {});
      try {
        await client.connect();
        return (await client.query(text, values)).rows;
      } finally {
        void client.end().catch(() => {});
      }
    },
  };
}

/** False if another program has the id that a killed PostgreSQL has left in its file. */
function isPostgres(pid: number): boolean {
  return nameOf(pid) === "postgres";
}

type Config = {
  name: string;
  port: number;
  apiPort: number;
  etcdPort: number;
  data: string;
  folder: string;
  bin: string;
};

/** As the document says, with addresses, logins and folders of this machine. JSON values are YAML, too. */
function patroniConfig({ name, port, apiPort, etcdPort, data, folder, bin }: Config): string {
  const dynamic = documented("yaml", "synchronous_mode").replace(/^/gm, "    ").trimEnd();
  const login = (username: string) => JSON.stringify({ username, password });
  const rest = {
    listen: `127.0.0.1:${port}`,
    connect_address: `127.0.0.1:${port}`,
    data_dir: data,
    bin_dir: bin,
    pgpass: join(folder, `${name}.pgpass`),
    pg_hba: ["host all all 127.0.0.1/32 scram-sha-256", "host replication all 127.0.0.1/32 scram-sha-256"],
    parameters: { unix_socket_directories: "", password_encryption: "scram-sha-256" },
    use_pg_rewind: true,
  };
  return `scope: vehaas
name: ${name}
restapi: ${JSON.stringify({ listen: `127.0.0.1:${apiPort}`, connect_address: `127.0.0.1:${apiPort}` })}
etcd: ${JSON.stringify({ host: `127.0.0.1:${etcdPort}` })}
bootstrap:
  dcs:
${dynamic}
  initdb: ${JSON.stringify([{ encoding: "UTF8" }, { locale: "C.UTF-8" }, "data-checksums"])}
postgresql:
  authentication:
    superuser: ${login("postgres")}
    replication: ${login("replicator")}
    rewind: ${login("rewinder")}
${Object.entries(rest)
  .map(([key, value]) => `  ${key}: ${JSON.stringify(value)}`)
  .join("\n")}
`;
}
