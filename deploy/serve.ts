// `node dist/deploy/serve.js`: the server as process 1 of a container. The kernel drops signals for which process 1 has no
// handler, and the server's own come only once its modules are loaded, after a second or two.

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => {
    // With handlers of its own the server stops by itself.
    if (process.listenerCount(signal) === 1) process.exit(0);
  });
}

await import("../server.js");

export {};
