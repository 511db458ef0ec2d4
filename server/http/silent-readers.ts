import type { Server } from "node:http";
import type { Socket } from "node:net";
import { log } from "@/lib/log";

/**
 * Disconnects clients that read nothing of a waiting response between two checks. The socket's own timeout can't detect
 * this, since anything that a client sends restarts it, even line breaks between requests.
 */
export function endSilentReaders(server: Server, milliseconds: number): void {
  /** Bytes that each client had taken at the last check; undefined if nothing was waiting. */
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

/** Bytes accepted by the system. bytesWritten alone also counts the queued part of a large write. */
function takenFrom(socket: Socket): number {
  const handle = "_handle" in socket ? socket._handle : undefined;
  const isKnown = typeof handle === "object" && handle !== null && "writeQueueSize" in handle;
  const queued = isKnown && typeof handle.writeQueueSize === "number" ? handle.writeQueueSize : 0;
  return socket.bytesWritten - queued;
}
