const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;

/** True for a host name in lower case as DNS and TLS know it: ASCII labels, no empty one, no underscore, not a number at the end. */
export function isHostName(host: string): boolean {
  const labels = host.split(".");
  if (host.length > 253 || !labels.every((one) => label.test(one))) return false;
  return !/^(?:\d+|0x[0-9a-f]*)$/.test(labels.at(-1) ?? "");
}
