import { createServer, type Server } from "node:http";

/** Next, for the site's pages. Imported only now, since it reads the environment. */
export async function createNextApp(server: Server, { dev }: { dev: boolean }) {
  const { default: next } = await import("next");
  // Next listens for upgrades, in production too, although it answers none there. Node gives upgrade requests to such a
  // listener and no longer applies its timeouts to them. So in production Next gets a server that receives no requests.
  return next({ dev, httpServer: dev ? server : createServer() });
}
