import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, chown, mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { freePort } from "@/db/embedded/pg-ctl";

const program = "/usr/sbin/pgbouncer";
export const isPgBouncerHere = existsSync(program);

/** Starts Debian's PgBouncer with these settings before the server, until the test ends; returns its URL. */
export async function startPgBouncer(databaseUrl: string, settings: Record<string, string>): Promise<string> {
  const { hostname, port: serverPort, username, password, pathname } = new URL(databaseUrl);
  const folder = await mkdtemp(join(tmpdir(), "pgbouncer-"));
  const port = await freePort();
  const all = { listen_addr: "127.0.0.1", listen_port: port, auth_type: "plain", unix_socket_dir: "", ...settings };
  const lines = Object.entries(all).map(([name, value]) => `${name} = ${value}`);
  const files = {
    "users.txt": `"${username}" "${decodeURIComponent(password)}"\n`,
    "pgbouncer.ini": `[databases]\n${pathname.slice(1)} = host=${hostname} port=${serverPort}\n
[pgbouncer]\nauth_file = ${folder}/users.txt\n${lines.join("\n")}\n`,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const child = await startAsNobody(folder);
  onTestFinished(async () => {
    if (child.exitCode === null) {
      child.kill("SIGINT");
      child.kill("SIGTERM");
      await once(child, "exit");
    }
    await rm(folder, { recursive: true });
  });
  await untilItListens(port);
  return Object.assign(new URL(databaseUrl), { host: `127.0.0.1:${port}` }).href;
}

/** PgBouncer refuses to run as root, like PostgreSQL. */
async function startAsNobody(folder: string): Promise<ChildProcess> {
  const account = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : undefined;
  await chmod(folder, 0o755);
  if (account) await chown(folder, account.uid, account.gid);
  return spawn(program, ["-q", join(folder, "pgbouncer.ini")], { ...account, stdio: "ignore" });
}

async function untilItListens(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await Promise.race([
      once(socket, "connect").then(() => true),
      once(socket, "error").then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
  }
}
