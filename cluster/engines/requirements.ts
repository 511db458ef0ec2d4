import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Paths of programs; `postgres` is the folder of PostgreSQL's. */
export type Programs = { etcd: string; patroni: string; haproxy: string; postgres: string };

/** Programs that are not installed here, with what to do about it. */
export class MissingProgramsError extends Error {}

const debian = "/usr/lib/postgresql";
const oldest = 15;

/** Finds the programs, as Debian installs them. Throws MissingProgramsError. */
export function findPrograms(): Programs {
  if (process.platform !== "linux") throw new MissingProgramsError("This test needs Linux.");
  const found = { etcd: onPath("etcd"), patroni: onPath("patroni"), haproxy: onPath("haproxy"), postgres: postgres() };
  const { etcd, patroni, haproxy, postgres: folder } = found;
  if (etcd && patroni && haproxy && folder) return { etcd, patroni, haproxy, postgres: folder };
  const packages = {
    ...(!folder && { [`PostgreSQL ${oldest} or later`]: "postgresql" }),
    ...(!patroni && { Patroni: "patroni" }),
    ...(!etcd && { etcd: "etcd-server" }),
    ...(!haproxy && { haproxy: "haproxy" }),
  };
  const names = Object.keys(packages).join(", ");
  throw new MissingProgramsError(
    `Missing: ${names}. On Debian 12: apt-get install ${Object.values(packages).join(" ")}`,
  );
}

function onPath(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"];
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The newest version that has all that Patroni needs. */
function postgres(): string | undefined {
  const versions = existsSync(debian) ? readdirSync(debian).map(Number) : [];
  const usable = versions.filter((version) => version >= oldest).sort((a, b) => b - a);
  return usable
    .map((version) => join(debian, String(version), "bin"))
    .find((bin) => isExecutable(join(bin, "postgres")));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
