import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { FrontendMessages } from "./frontend-messages";

/** A door to the database: counts the queries that pass, and can be shut. */
export type DatabaseProxy = {
  url: string;
  queries: () => number;
  /** Cuts all connections and refuses new ones. */
  shut: () => Promise<void>;
  /** Takes connections, and lets nothing through. */
  hold: () => void;
  open: () => Promise<void>;
};

export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let queries = 0;
  let held = false;

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    const messages = new FrontendMessages();
    client.on("data", (chunk) => {
      queries += messages.countQueries(chunk);
      if (!held) upstream.write(chunk);
    });
    upstream.pipe(client);
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
  });
  const listen = (port: number) => once(server.listen(port, "127.0.0.1"), "listening");
  await listen(0);
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${port}`;

  return {
    url: url.href,
    queries: () => queries,
    shut: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, "close");
    },
    hold: () => {
      held = true;
    },
    open: async () => {
      if (held) for (const socket of sockets) socket.destroy();
      held = false;
      if (!server.listening) await listen(port);
    },
  };
}
