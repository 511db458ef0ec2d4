import type { IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import { isInNetwork, type Network, parseIp, parseNetwork, readAddress } from "@/lib/network/ip-address";

/** `trustedProxies` is undefined if the operator has not set it. */
type Proxies = { authUrl: string | undefined; trustedProxies: Network[] | undefined };

const loopbackAndPrivate = ["127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]
  .map(parseNetwork)
  .filter((network) => network !== undefined);

/**
 * Returns a function for a request's client address: the socket's or, behind a trusted proxy, the last one in
 * X-Forwarded-For, which that proxy added. A chain of proxies is followed only if the operator named them: by default
 * every client in a private network would count as a proxy and could forge an address.
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

/** Cached per connection. */
function peerOf(socket: Socket): string | null {
  const known = peers.get(socket);
  if (known !== undefined) return known;
  const address = readAddress(socket.remoteAddress) ?? null;
  peers.set(socket, address);
  return address;
}
