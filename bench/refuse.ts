import { serveChild } from "./child";

// The minimum that refuses: no query, no check.
await serveChild((_request, response) => {
  response
    .writeHead(401, { "content-type": "application/problem+json" })
    .end('{"status":401,"code":"unauthenticated"}');
});
