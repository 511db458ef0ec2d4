import { join } from "node:path";
import { freePort, type Place, type Program, signalAll, startProgram, statusOf, until } from "./processes";

/** The store in which Patroni keeps who is the primary. */
export type Etcd = { port: number; start: () => Promise<void>; kill: () => Promise<void> };

export async function startEtcd(program: string, { folder, account }: Place): Promise<Etcd> {
  const [port, peerPort] = [await freePort(), await freePort()];
  const [url, peerUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  const options = {
    "data-dir": join(folder, "etcd"),
    "listen-client-urls": url,
    "advertise-client-urls": url,
    "listen-peer-urls": peerUrl,
    "initial-advertise-peer-urls": peerUrl,
    "initial-cluster": `default=${peerUrl}`,
  };
  // Debian 12's Patroni can lose writes over the newer API: see docs/high-availability.md.
  const command = [program, "--enable-v2", ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])];
  let running: Program | undefined;
  const start = async () => {
    running = startProgram("etcd", command, { folder, account });
    await until("etcd answers", async () => (await statusOf(`${url}/health`)) === 200, 60);
  };
  const kill = async () => {
    if (!running?.isRunning()) return;
    signalAll([running.pid], "SIGKILL");
    await running.ended;
  };
  await start();
  return { port, start, kill };
}
