import { join } from "node:path";
import type { Cluster } from "./cluster";
import { writeFileSafely } from "./safe-write";

export const settingsFile = "server.conf";

/**
 * Writes the file that the server reads its settings from. It stands beside the data folder, not in it, because root
 * must not write where the account that runs the server could have put a link.
 */
export async function writeSettings({ home, settings }: Cluster, port: number): Promise<void> {
  const all = { ...ours, ...settings, port: String(port) };
  const lines = Object.entries(all).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`);
  const content = ["include 'data/postgresql.conf'", ...lines, ""].join("\n");
  await writeFileSafely(join(home.path, settingsFile), content, home.account ? 0o644 : 0o600);
}

const ours = {
  listen_addresses: "127.0.0.1",
  unix_socket_directories: "",
  password_encryption: "scram-sha-256",
  timezone: "UTC",
  log_timezone: "UTC",
  log_checkpoints: "off",
};
