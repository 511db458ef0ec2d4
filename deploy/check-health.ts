// `node dist/deploy/check-health.js`: exits with 0 if the instance on this machine is ready. For images without a shell.

const { HOST = "localhost", PORT = "3000" } = process.env;
// An image may have no hosts file, so no "localhost".
const own = { "0.0.0.0": "127.0.0.1", "::": "::1" }[HOST] ?? HOST;
const host = own.includes(":") ? `[${own}]` : own;

try {
  const { status } = await fetch(`http://${host}:${PORT}/health/ready`, { signal: AbortSignal.timeout(2500) });
  if (status !== 200) fail(`answered ${status}`);
} catch (error) {
  fail(error instanceof Error ? error.message : "does not answer");
}

function fail(reason: string): void {
  process.stderr.write(`not ready: ${reason}\n`);
  process.exitCode = 1;
}

export {};
