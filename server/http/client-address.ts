import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { isInNetwork, type Network, parseIp, parseNetwork, readAddress } from "@/lib/network/ip-address";

/** `trustedProxies` are undefined where the operator has not set them. */
type Proxies = { authUrl: string | undefined; trustedProxies: Network[] | undefined };

const loopbackAndPrivate = ["127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]
  .map(parseNetwork)
  .filter((network) => network !== undefined);

/**
 * Answers how to tell a request's client: the socket's address or, behind a trusted proxy, the last address in
 * X-Forwarded-For, which that proxy has added. Through a chain of proxies that the operator has named it goes on to the
 * address before. By default it does not: every client of a private network would count as a proxy, and could invent one.
 */
export function clientAddressOf({ authUrl, trustedProxies }: Proxies): (request: IncomingMessage) => string | null {
  const trusted = trustedProxies ?? loopbackAndPrivate;
  const isProxy = (address: string) => {
    const ip = parseIp(address);
    return ip !== undefined && trusted.some((network) => isInNetwork(ip, network));
  };
  return (request) => {
    const peer = peerOf(request.socket);
    if (!authUrl || !peer || !isProxy(peer)) return peer;
    let client = peer;
    for (const entry of forwardedFor(request).reverse()) {
      const address = readAddress(entry);
      if (!address) break;
      client = address;
      if (!trustedProxies || !isProxy(address)) break;
    }
    return client;
  };
}

function forwardedFor({ headers }: IncomingMessage): string[] {
  return [headers["x-forwarded-for"] ?? []].flat().join(",").split(",");
}

const peers = new WeakMap<Socket, string | null>();

/** Read once for each connection. */
function peerOf(socket: Socket): string | null {
  const known = peers.get(socket);
  if (known !== undefined) return known;
  const address = readAddress(socket.remoteAddress) ?? null;
  peers.set(socket, address);
  return address;
}
