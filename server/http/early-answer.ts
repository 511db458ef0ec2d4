import type { IncomingMessage, ServerResponse } from "node:http";

const smallBody = 16 * 1024;
/** Milliseconds for a client to send the rest and read the response, which many read only after sending all. */
const timeToSend = 10_000;

/**
 * For a response sent before the request's body has arrived, such as 413. Closes the connection (RFC 9112, 9.3:
 * otherwise the rest would have to be read), but leaves the client time to read the response. The rest of a small body
 * is read, and the connection stays open.
 */
export function endAfterEarlyAnswer(request: IncomingMessage, response: ServerResponse): void {
  const { "transfer-encoding": chunked, "content-length": length = "0" } = request.headers;
  if (chunked === undefined && Number(length) <= smallBody) return;
  response.writeHead = new Proxy(response.writeHead, {
    apply(writeHead, self, args) {
      if (!request.complete) {
        response.shouldKeepAlive = false;
        linger(request);
      }
      return Reflect.apply(writeHead, self, args);
    },
  });
}

/** Node would reset the connection while the client sends, and the client would lose the response. */
function linger(request: IncomingMessage): void {
  const { socket } = request;
  const { destroySoon } = socket;
  socket.destroySoon = () => {
    if (request.readableEnded) return destroySoon.call(socket);
    if (socket.writableEnded) return;
    socket.end();
    request.once("end", () => destroySoon.call(socket)).resume();
    setTimeout(() => socket.destroy(), timeToSend).unref();
  };
}
