import "@/server/start/env-file";
import type { Server } from "node:http";
import { readSettings, settings } from "@/lib/env";
import { resolveNamesOfFetch } from "@/lib/guarded-http/global-names";
import { captureConsole, log } from "@/lib/log";
import { processWide } from "@/lib/process/process-wide";
import { publicAddress } from "@/lib/process/public-address";
import { createHttpServer } from "@/server/http/http-server";
import { prepareStop } from "@/server/http/stop";
import { startMetrics, startTracing } from "@/server/monitoring/monitoring";
import type { DemoAccounts } from "@/server/start/demo";
import { type OpenDatabase, openDatabase } from "@/server/start/open-database";
import { problemLines } from "@/server/start/problem-lines";
import { listen, onStopSignal, type StopSignal } from "@/server/start/process";
import { waitForDatabase } from "@/server/start/wait-for-database";

const dev = process.argv.includes("--dev");
// Next must not send telemetry from an operator's server.
process.env.NEXT_TELEMETRY_DISABLED ??= "1";

try {
  await start();
} catch (error) {
  // Then the stop has ended what the start was using, and ends the process.
  if (!processWide.isStopping) fail(error);
}

function fail(error: unknown): void {
  const lines = problemLines(error);
  if (lines) process.stderr.write(`${lines}\n`);
  else log.fatal({ err: error }, "the server could not start");
  process.exitCode = 1;
}

async function start(): Promise<void> {
  const { DEMO_PASSWORD, HOST, PORT, SHUTDOWN_GRACE_SECONDS } = readSettings(process.env);
  captureConsole();
  resolveNamesOfFetch();
  let opening: Promise<OpenDatabase> | undefined;
  let stopServer: ((signal: StopSignal) => Promise<void>) | undefined;
  let stopBackground: (() => Promise<void>) | undefined;
  let stopMetrics: (() => void) | undefined;
  let stopTracing: (() => Promise<void>) | undefined;
  const closeAll = async () => {
    // A start that fails says so itself.
    const database = await opening?.catch(() => undefined);
    try {
      await stopBackground?.();
      await processWide.pool?.end();
    } finally {
      stopMetrics?.();
      await stopTracing?.();
      // Also stops the embedded PostgreSQL, which would outlive the process.
      await database?.close();
    }
  };
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= closeAll();
    return closing;
  };
  // Tools that restart this process while somebody develops send SIGTERM, too.
  const grace = dev ? 0 : SHUTDOWN_GRACE_SECONDS * 1000;
  const longestRequest = dev ? 1000 : 25_000;
  // Before the wait for the database: process 1 of a container does not notice a signal without a handler.
  onStopSignal({ serving: async (signal) => stopServer?.(signal), rest: close });
  await waitForDatabase(readSettings(process.env), (line) => process.stderr.write(`${line}\n`));
  if (processWide.isStopping) return;
  const given = readSettings(process.env);
  stopTracing = await startTracing(given);
  const opened = openDatabase(given, endWithoutDatabase);
  // A stop waits for the embedded database, to stop it. The operator's bears a start that is cut off.
  if (!given.DATABASE_URL) opening = opened;
  const database = await opened;
  if (processWide.isStopping) return;
  try {
    stopMetrics = await startMetrics(readSettings(process.env));
    const { prepareDemo } = await import("@/server/start/demo");
    const demo = database.isEmbedded ? await prepareDemo(DEMO_PASSWORD) : undefined;
    const { startBackground } = await import("@/server/background/background");
    stopBackground = await startBackground(database);
    const server = createHttpServer();
    const stop = prepareStop(server);
    const listener = await createListener(server);
    server.on("request", listener);
    if (processWide.isStopping) return;
    const address = await listen(server, PORT, HOST);
    // No balancer waits for Ctrl-C.
    stopServer = (signal) => stop({ grace: signal === "SIGTERM" ? grace : 0, longestRequest });
    // Next fetches the target of an action's redirect from this origin. Without it, Next would send the user's cookies to
    // port 3000, whatever listens there.
    process.env.__NEXT_PRIVATE_ORIGIN = address;
    processWide.address = address;
    announce(publicAddress(), demo);
    // Loaded and run only now, to delay nothing.
    void import("@/server/doctor/at-start").then(({ logFindings }) => logFindings(database));
  } catch (error) {
    await close();
    throw error;
  }
}

/** Nothing can be served any more. Whatever started this process may start it again. */
function endWithoutDatabase(problem: Error): void {
  process.stderr.write(`The embedded database ended and can't be started again. ${problem.message}\n`);
  process.exit(1);
}

async function createListener(server: Server) {
  // Imported here, since these read the environment that openDatabase has completed.
  const [
    { createNextApp },
    { createApiListener },
    { createRequestListener },
    { limitPages },
    { withOwnFiles },
    { withPageBody },
  ] = await Promise.all([
    import("@/server/pages/next-app"),
    import("@/api/http/listener"),
    import("@/server/http/request-listener"),
    import("@/server/pages/limit-pages"),
    import("@/server/pages/own-files"),
    import("@/server/pages/page-body"),
  ]);
  const app = await createNextApp(server, { dev });
  await app.prepare();
  const showPage = app.getRequestHandler();
  const pages = limitPages((request, response) => withPageBody(request, response, showPage));
  return createRequestListener({ api: createApiListener(), pages: dev ? pages : withOwnFiles(pages), dev });
}

function announce(address: string, demo: DemoAccounts | undefined): void {
  process.stdout.write(`\nveHaaS is ready at ${address}\n${demo ? accountsOf(demo) : ""}${waysIn()}\n`);
}

function accountsOf({ emails, password }: DemoAccounts): string {
  if (!password) return "\nThe demo accounts have no password: LOCAL_PASSWORDS is off.\n";
  const accounts = emails.map((email) => `  ${email}\n`).join("");
  return `\nDemo accounts, all with the password ${password}\n${accounts}\nnpm run demo:data fills the group “Powertrain” with examples.\n`;
}

function waysIn(): string {
  const { LOCAL_PASSWORDS, OIDC_ISSUER } = settings();
  if (LOCAL_PASSWORDS === "on" || OIDC_ISSUER) return "";
  return "\nNobody can sign in: LOCAL_PASSWORDS is off, and OIDC_ISSUER is not set.\n";
}
