import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { isInstalled } from "@/scripts/shells.mjs";

/** What the image's test runs, and the Debian package that has it. */
const commands = { buildah: "buildah", mmdebstrap: "mmdebstrap", unshare: "util-linux", mount: "mount" };

/** Why the image can't be built and run on this machine; undefined if it can. */
export function whyNot(): string | undefined {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return "skipped: needs root on Linux";
  const missing = Object.entries(commands).filter(([command]) => !isInstalled(command));
  if (missing.length === 0) return undefined;
  const names = missing.map(([command]) => command).join(", ");
  const packages = missing.map(([, name]) => name).join(" ");
  return `skipped: ${names} ${missing.length === 1 ? "is" : "are"} not on this machine; apt-get install ${packages}`;
}

/** Runs a command and returns its standard output. An error has what the command said. */
export async function run(command: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const options = { env: { ...process.env, ...env }, maxBuffer: 1 << 28 };
  return (await promisify(execFile)(command, args, options)).stdout;
}

/** npm's own configuration of this machine, such as its registry, for the build. */
export async function npmrc(): Promise<string> {
  const paths = await Promise.all(["globalconfig", "userconfig"].map((name) => run("npm", ["config", "get", name])));
  return paths
    .map((path) => path.trim())
    .filter((path) => existsSync(path))
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
}
