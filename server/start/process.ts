import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SettingsError } from "@/lib/env";
import { log } from "@/lib/log";

const timeout = 5000;
const timeoutInAll = 15_000;

/** Returns the address once the port is open. Throws a SettingsError if it can't be opened. */
export function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once("error", (error) => {
      const code = "code" in error ? String(error.code) : "";
      reject(new SettingsError([reasons(port, host)[code] ?? `HOST ${host}, PORT ${port}: ${error.message}`]));
    });
    server.listen(port, host, () => resolve(`http://${reachableName(host)}:${portOf(server.address())}`));
  });
}

function reasons(port: number, host: string): Record<string, string | undefined> {
  return {
    EADDRINUSE: `PORT ${port} is in use by another program. Set PORT to a free one.`,
    EACCES: `PORT ${port} may not be used by this user. Set PORT to 1024 or above.`,
    ENOTFOUND: `HOST ${host} is no address of this machine.`,
    EADDRNOTAVAIL: `HOST ${host} is no address of this machine.`,
  };
}

/** Closes the server after the requests in progress, or after five seconds. */
export async function closeGracefully(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), timeout);
  await closed;
  clearTimeout(timer);
}

/** Runs the work once on the first Ctrl-C, SIGTERM or SIGHUP, then ends the process, after 15 seconds at the latest. */
export function onStopSignal(work: () => Promise<void>): void {
  let stopping = false;
  const stop = async () => {
    if (stopping) return;
    stopping = true;
    setTimeout(() => {
      log.error("the server did not stop in time");
      process.exit(1);
    }, timeoutInAll);
    try {
      await work();
      process.exit(0);
    } catch (error) {
      log.error({ err: error }, "the server did not stop cleanly");
      process.exit(1);
    }
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
}

/** The host for a URL to this address. */
function reachableName(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "localhost";
  return host.includes(":") ? `[${host}]` : host;
}

function portOf(address: string | AddressInfo | null): number {
  if (typeof address === "object" && address) return address.port;
  throw new Error("the server listens on no port");
}
