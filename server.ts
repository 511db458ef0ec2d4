import "@/lib/start/env-file";
import type { Server } from "node:http";
import { EmbeddedPostgresError } from "@/db/embedded/error";
import { readSettings, SettingsError, settings } from "@/lib/env";
import { captureConsole, log } from "@/lib/log";
import { createHttpServer } from "@/lib/start/http-server";
import { openDatabase } from "@/lib/start/open-database";
import { closeGracefully, listen, onStopSignal } from "@/lib/start/process";

const dev = process.argv.includes("--dev");
// What runs here is the operator's business alone.
process.env.NEXT_TELEMETRY_DISABLED ??= "1";

try {
  await start();
} catch (error) {
  if (error instanceof SettingsError) process.stderr.write(`${error.problems.join("\n")}\n`);
  else if (error instanceof EmbeddedPostgresError) process.stderr.write(`${error.message}\n`);
  else log.fatal({ err: error }, "the server could not start");
  process.exitCode = 1;
}

async function start(): Promise<void> {
  const { DEMO_PASSWORD, HOST, PORT } = readSettings(process.env);
  captureConsole();
  const database = await openDatabase(readSettings(process.env));
  let server: Server | undefined;
  let stopJobs: (() => Promise<void>) | undefined;
  let stopSealer: (() => Promise<void>) | undefined;
  onStopSignal(async () => {
    if (server) await closeGracefully(server);
    const { flushLastUsed } = await import("@/lib/access-tokens/last-used");
    await flushLastUsed();
    await stopJobs?.();
    await stopSealer?.();
    await globalThis.vehaasPool?.end();
    await database.close();
  });
  try {
    const { prepareDemo } = await import("@/lib/start/demo");
    const demo = database.isEmbedded ? await prepareDemo(DEMO_PASSWORD) : undefined;
    const { startRunnerJobs } = await import("@/lib/start/runner-jobs");
    stopJobs = await startRunnerJobs(process.env.DATABASE_URL ?? "");
    const { startAuditSealer } = await import("@/lib/start/audit-sealer");
    stopSealer = startAuditSealer();
    server = createHttpServer();
    const listener = await createListener(server);
    server.on("request", listener);
    const address = await listen(server, PORT, HOST);
    // Where Next asks itself for the page that an action redirects to. Else it would send the cookies to port 3000,
    // whoever listens there.
    process.env.__NEXT_PRIVATE_ORIGIN = address;
    announce(settings().AUTH_URL ?? address, demo);
  } catch (error) {
    await stopJobs?.();
    await stopSealer?.();
    await globalThis.vehaasPool?.end();
    await database.close();
    throw error;
  }
}

async function createListener(server: Server) {
  // Imported only now: these read the environment that openDatabase has completed.
  const [{ createNextApp }, { createApiListener }, { createRequestListener }, { limitPages }] = await Promise.all([
    import("@/lib/web/next-app"),
    import("@/api/listener"),
    import("@/lib/web/request-listener"),
    import("@/lib/web/limit-pages"),
  ]);
  const app = await createNextApp(server, { dev });
  await app.prepare();
  return createRequestListener({ api: createApiListener(), pages: limitPages(app.getRequestHandler()), dev });
}

function announce(address: string, demo: { emails: string[]; password: string } | undefined): void {
  const accounts = demo
    ? `\nDemo accounts, all with the password ${demo.password}\n${demo.emails.map((email) => `  ${email}\n`).join("")}`
    : "";
  process.stdout.write(`\nveHaaS is ready at ${address}\n${accounts}\n`);
}
