import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { SettingsError } from "@/lib/env";
import { log } from "@/lib/log";
import { processWide } from "@/lib/process/process-wide";

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

export type StopSignal = (typeof stopSignals)[number];
const stopSignals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

type Stop = {
  /** Ends what is under way; has a bound of its own. */
  serving: (signal: StopSignal) => Promise<void>;
  /** Then ends the rest, such as background work, which may wait for a database that is away. */
  rest: () => Promise<void>;
};

/** Milliseconds for the rest. */
const longestRest = 10_000;

/** Stops once, on the first Ctrl-C, SIGTERM or SIGHUP, and ends the process. It is not ready from then on. */
export function onStopSignal({ serving, rest }: Stop): void {
  const stop = async (signal: StopSignal) => {
    if (processWide.isStopping) return;
    processWide.isStopping = true;
    try {
      await serving(signal);
      setTimeout(() => {
        log.error("the server did not stop in time");
        process.exit(1);
      }, longestRest);
      await rest();
      process.exit(0);
    } catch (error) {
      log.error({ err: error }, "the server did not stop cleanly");
      process.exit(1);
    }
  };
  for (const signal of stopSignals) process.on(signal, () => void stop(signal));
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
