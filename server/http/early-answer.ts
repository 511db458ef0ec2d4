import type { IncomingMessage, ServerResponse } from "node:http";

const smallBody = 16 * 1024;
/** As long as a client may take to notice, or to send the rest: many read no answer before. */
const timeToSend = 10_000;

/**
 * For an answer that comes before the body of its request is there, such as 413: says that it ends the connection (RFC
 * 9112, 9.3: the rest would have to be read), and ends it only once the client had time to read it. What is left of a
 * small body is read, and the connection goes on.
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

/** Node would reset the connection while the client sends, and the answer with it. */
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
