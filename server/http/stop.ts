import type { Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { setTimeout } from "node:timers/promises";

/**
 * A connection: the answers to its requests under way, what it had sent when the last of them ended, and when it began.
 * One set of all answers would keep those that are done in memory for seconds, as sets do that change all the time.
 */
type Connection = { underWay: ServerResponse[]; sentBefore: number; since: number };

/** `grace` and `longestRequest` in milliseconds. */
type StopOptions = { grace: number; longestRequest?: number };

const usualLongest = 25_000;
const pause = 50;
/** Milliseconds for the first request of a new connection, such as one that was made just before the stop. */
const timeToAsk = 1000;

/**
 * Follows the server's connections, to stop it without cutting a request off. Returns the stop: answers say at once that
 * the connection closes, and new connections are accepted until the grace has passed. Then the port closes, and requests
 * under way end. Call this before other listeners for requests are added.
 */
export function prepareStop(server: Server): (options: StopOptions) => Promise<void> {
  const connections = new Map<Socket, Connection>();
  let isStopping = false;

  server.on("connection", (socket) => {
    connections.set(socket, { underWay: [], sentBefore: 0, since: performance.now() });
    socket.once("close", () => connections.delete(socket));
  });
  server.on("request", ({ socket }, response) => {
    const connection = connections.get(socket);
    if (!connection) return;
    connection.underWay.push(response);
    if (isStopping) closeAfterLast(connection);
    response.on("close", () => {
      connection.underWay = connection.underWay.filter((other) => other !== response);
      connection.sentBefore = socket.bytesRead;
    });
  });

  return async ({ grace, longestRequest = usualLongest }) => {
    isStopping = true;
    for (const connection of connections.values()) closeAfterLast(connection);
    await setTimeout(grace);
    server.close();
    const end = performance.now() + longestRequest;
    while (connections.size > 0) {
      const isOver = performance.now() > end;
      for (const [socket, connection] of connections) if (isOver || isIdle(socket, connection)) socket.destroy();
      await setTimeout(pause);
    }
  };
}

/** Node closes the connection after an answer that says so, also if answers to pipelined requests were to follow. */
function closeAfterLast({ underWay }: Connection): void {
  for (const [place, answer] of underWay.entries()) answer.shouldKeepAlive = place < underWay.length - 1;
}

function isIdle(socket: Socket, { underWay, sentBefore, since }: Connection): boolean {
  if (underWay.length > 0 || socket.writableLength > 0) return false;
  if (socket.bytesRead === 0) return performance.now() - since > timeToAsk;
  return socket.bytesRead === sentBefore;
}
