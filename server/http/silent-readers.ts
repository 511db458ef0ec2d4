import type { Server } from "node:http";
import type { Socket } from "node:net";
import { log } from "@/lib/log";

/**
 * Ends each connection of which the client took nothing from one look to the next, although there was something. Not told
 * by the socket's own timeout, which all that a client sends puts off, even line ends that are part of no request.
 */
export function endSilentReaders(server: Server, milliseconds: number): void {
  /** What each client had taken at the last look; undefined where nothing waited for it. */
  const connections = new Map<Socket, number | undefined>();
  const timer = setInterval(() => {
    for (const [socket, before] of connections) {
      const taken = socket.writableLength > 0 ? takenFrom(socket) : undefined;
      connections.set(socket, taken);
      if (taken === undefined || taken !== before) continue;
      log.debug({ waiting: socket.writableLength }, "a client took nothing of its answer for too long");
      socket.destroy();
    }
  }, milliseconds).unref();
  server.on("connection", (socket) => {
    connections.set(socket, undefined);
    socket.once("close", () => connections.delete(socket));
  });
  server.once("close", () => clearInterval(timer));
}

/** Bytes, to the piece that the system has accepted: a large write is under way for as long as it is read. */
function takenFrom(socket: Socket): number {
  const handle = "_handle" in socket ? socket._handle : undefined;
  const isKnown = typeof handle === "object" && handle !== null && "writeQueueSize" in handle;
  const queued = isKnown && typeof handle.writeQueueSize === "number" ? handle.writeQueueSize : 0;
  return socket.bytesWritten - queued;
}
