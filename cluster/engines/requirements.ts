import { accessSync, constants, existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

/** Paths of programs; `postgres` is the folder of PostgreSQL's. */
export type Programs = { etcd: string; patroni: string; haproxy: string; postgres: string };

/** Programs that are not installed here, with what to do about it. */
export class MissingProgramsError extends Error {}

const oldest = 15;
/** Where Debian installs them. */
const usual = {
  folders: [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin"],
  postgresVersions: "/usr/lib/postgresql",
};

/** Throws MissingProgramsError. */
export function findPrograms({ folders, postgresVersions } = usual): Programs {
  if (process.platform !== "linux") throw new MissingProgramsError("This test needs Linux.");
  const [etcd, patroni, haproxy] = ["etcd", "patroni", "haproxy"].map((name) => findIn(folders, name));
  const postgres = newestPostgres(postgresVersions);
  if (etcd && patroni && haproxy && postgres) return { etcd, patroni, haproxy, postgres };
  const packages = {
    ...(!postgres && { [`PostgreSQL ${oldest} or later`]: "postgresql" }),
    ...(!patroni && { Patroni: "patroni" }),
    ...(!etcd && { etcd: "etcd-server" }),
    ...(!haproxy && { haproxy: "haproxy" }),
  };
  const names = Object.keys(packages).join(", ");
  throw new MissingProgramsError(
    `Missing: ${names}. On Debian 12: apt-get install ${Object.values(packages).join(" ")}`,
  );
}

function findIn(folders: string[], name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

/** The folder of the programs of the newest version. */
function newestPostgres(folder: string): string | undefined {
  const versions = existsSync(folder) ? readdirSync(folder).map(Number) : [];
  const usable = versions.filter((version) => version >= oldest).sort((a, b) => b - a);
  return usable.map((version) => join(folder, String(version), "bin")).find((bin) => findIn([bin], "pg_rewind"));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
