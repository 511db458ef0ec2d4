import { Client } from "pg";

/**
 * Why the driver can't use a PostgreSQL address, as a text that follows the setting's name; undefined if it can. Reads
 * the certificate files that it names. Contains no part of the address except their paths.
 */
export function addressProblem(address: string): string | undefined {
  if (!/^postgres(ql)?:\/\//.test(address)) return form;
  const [, authority = ""] = /^\w+:\/\/([^/?#]*)/.exec(address) ?? [];
  if (authority.slice(authority.lastIndexOf("@") + 1).includes(",")) return oneHost;
  if (address.includes("#")) return 'has a "#", which is written %23 in a user or password.';
  try {
    const { host, port } = new Client({ connectionString: address });
    if (host.includes(",")) return oneHost;
    return Number.isInteger(port) && port > 0 && port < 65_536 ? undefined : form;
  } catch (error) {
    return problemOf(error);
  }
}

const form = "must be an address such as postgres://user:password@host:5432/name.";
const oneHost = "names several hosts: it takes one, such as that of a proxy which leads to the primary.";

function problemOf(error: unknown): string {
  if (error instanceof URIError) return 'has a "%" that encodes nothing: as a character it is written %25.';
  if (error instanceof Error && "syscall" in error && "code" in error) {
    // An error while reading, such as of a folder, has no path.
    const file = "path" in error ? `the file ${error.path}, which` : "a file of certificates or keys that";
    return `names ${file} can't be read (${error.code}).`;
  }
  return form;
}
