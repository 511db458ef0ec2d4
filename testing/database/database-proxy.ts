import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { FrontendMessages } from "@/testing/frontend-messages";

/** A proxy to the database: counts queries, and can interrupt traffic in several ways until it is opened again. */
export type DatabaseProxy = {
  url: string;
  queries: () => number;
  /** Cuts all connections and refuses new ones. */
  shut: () => Promise<void>;
  /**
   * Accepts connections, but forwards nothing after that many more queries. Connections made meanwhile stay silent
   * forever, as behind a firewall that has dropped their state.
   */
  hold: (afterQueries?: number) => void;
  /** Delays every answer. */
  slow: (milliseconds: number) => void;
  open: () => Promise<void>;
  close: () => Promise<void>;
};

export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let queries = 0;
  let heldFrom = Number.POSITIVE_INFINITY;
  let delay = 0;

  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    const messages = new FrontendMessages();
    let isSilent = false;
    client.on("data", (chunk) => {
      isSilent ||= queries >= heldFrom;
      queries += messages.countQueries(chunk);
      if (!isSilent) upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      if (delay > 0) setTimeout(() => client.write(chunk), delay);
      else client.write(chunk);
    });
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
  const port = await listen(server, 0);
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${port}`;

  async function shut() {
    server.close();
    for (const socket of sockets) socket.destroy();
    await once(server, "close");
  }

  return {
    url: url.href,
    queries: () => queries,
    shut,
    hold: (afterQueries = 0) => {
      heldFrom = queries + afterQueries;
    },
    slow: (milliseconds) => {
      delay = milliseconds;
    },
    open: async () => {
      heldFrom = Number.POSITIVE_INFINITY;
      delay = 0;
      if (!server.listening) await listen(server, port);
    },
    close: async () => {
      if (server.listening) await shut();
    },
  };
}

async function listen(server: Server, port: number): Promise<number> {
  await once(server.listen(port, "127.0.0.1"), "listening");
  const address = server.address();
  return typeof address === "object" && address ? address.port : 0;
}
