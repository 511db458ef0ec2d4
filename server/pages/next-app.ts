import { createServer, type Server } from "node:http";

/** Next, which shows the pages of the server. It is loaded only now, since it reads the environment. */
export async function createNextApp(server: Server, { dev }: { dev: boolean }) {
  const { default: next } = await import("next");
  // With the first page Next begins to listen for upgrades, in production too, where it answers none. Node leaves every
  // request that asks for one to who listens, and watches over it no more: Next may listen where nobody asks.
  return next({ dev, httpServer: dev ? server : createServer() });
}
