import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { portOf } from "@/lib/network/url-host";
import { type ConnectionOptions, guardedConnector, rejectedBy } from "./connector";
import { connectionFailed } from "./errors";

/**
 * When the certificate of an https origin expires. Connects as guardedFetch does, and sends nothing. Throws a DomainError
 * `provider_…` if the connection fails or the certificate is not trusted.
 */
export async function certificateExpiry(
  origin: string,
  milliseconds: number,
  options: ConnectionOptions,
): Promise<Date> {
  const url = new URL(origin);
  const signal = AbortSignal.timeout(milliseconds);
  const connecting = connect(url, options, signal);
  // The connection may come after the timeout.
  connecting.then((socket) => signal.aborted && socket.destroy()).catch(() => {});
  try {
    const socket = await Promise.race([connecting, rejectedBy(signal)]);
    const certificate = socket instanceof TLSSocket ? socket.getPeerCertificate() : undefined;
    socket.destroy();
    if (!certificate) throw new Error("The connection has no certificate.");
    return new Date(certificate.valid_to);
  } catch (error) {
    throw connectionFailed(url.host, error);
  }
}

function connect(url: URL, options: ConnectionOptions, signal: AbortSignal): Promise<Socket> {
  const target = { hostname: url.hostname, host: url.host, protocol: url.protocol, port: String(portOf(url)) };
  return new Promise((resolve, reject) => {
    guardedConnector(url, options, signal)(target, (error, socket) => (socket ? resolve(socket) : reject(error)));
  });
}
