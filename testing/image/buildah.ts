import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { npmrc, run } from "./machine";

const suite = "bookworm";
const path = "PATH=/usr/local/bin:/usr/bin:/bin";
const bases = { run: "localhost/node", build: "localhost/node-with-npm" };

/** Next's key for forms, a secret of the build. */
export const actionsKey = `${"k".repeat(43)}=`;

const description = z.object({
  Docker: z.object({
    config: z.object({
      User: z.string(),
      Env: z.array(z.string()),
      Entrypoint: z.array(z.string()),
      Cmd: z.array(z.string()),
      WorkingDir: z.string(),
      StopSignal: z.string(),
      Healthcheck: z.object({ Test: z.array(z.string()) }),
    }),
  }),
});

export type BuiltImage = {
  config: z.output<typeof description>["Docker"]["config"];
  /** The folder with the image's files. */
  root: string;
  remove: () => Promise<void>;
};

/** Builds the image of the Containerfile on bases of Debian, in a folder of its own. Takes minutes. */
export async function buildImage(): Promise<BuiltImage> {
  const folder = await mkdtemp(join(tmpdir(), "vehaas-image-"));
  const storage = ["--root", join(folder, "storage"), "--runroot", join(folder, "run"), "--storage-driver", "vfs"];
  const buildah = async (...args: string[]) => (await run("buildah", [...storage, ...args])).trim();
  const remove = async () => {
    await buildah("umount", "--all");
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await makeBases(folder, buildah);
    await writeFile(join(folder, "npmrc"), await npmrc(), { mode: 0o600 });
    const tag = "localhost/vehaas-access-tokens";
    const args = [`BASE=${bases.run}`, `BUILD_BASE=${bases.build}`].flatMap((value) => ["--build-arg", value]);
    // OCI's format has no health check. The certificates are those that this machine's registry may need.
    const options = ["--isolation", "chroot", "--format", "docker", "--volume", "/etc/ssl/certs:/etc/ssl/certs:ro"];
    await writeFile(join(folder, "actions_key"), `${actionsKey}\n`, { mode: 0o600 });
    const secrets = ["npmrc", "actions_key"].flatMap((id) => ["--secret", `id=${id},src=${join(folder, id)}`]);
    await buildah("bud", ...options, ...secrets, ...args, "--file", "Containerfile", "--tag", tag, ".");
    const { config } = description.parse(JSON.parse(await buildah("inspect", "--type", "image", tag))).Docker;
    const root = await buildah("mount", await buildah("from", tag));
    return { config, root, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/**
 * Debian's C and C++ libraries and Node for the image, without a shell; a small Debian with Node and npm for the build. Node
 * is the pinned one, which runs this process, and npm is this machine's.
 */
async function makeBases(folder: string, buildah: (...args: string[]) => Promise<string>): Promise<void> {
  const [small, larger] = [join(folder, "run.tar"), join(folder, "build.tar")];
  const mmdebstrap = (variant: string, packages: string, archive: string) =>
    run("mmdebstrap", ["--quiet", `--variant=${variant}`, `--include=${packages}`, suite, archive]);
  await mmdebstrap("extract", "libc6,libstdc++6,libgcc-s1", small);
  await mmdebstrap("minbase", "ca-certificates", larger);

  const local = join(folder, "local");
  await mkdir(join(local, "bin"), { recursive: true });
  await cp(process.execPath, join(local, "bin", "node"));
  await chmod(join(local, "bin", "node"), 0o755);
  await makeBase(bases.run, small);
  const npm = join((await run("npm", ["root", "--global"])).trim(), "npm");
  await cp(npm, join(local, "lib", "node_modules", "npm"), { recursive: true });
  await symlink("../lib/node_modules/npm/bin/npm-cli.js", join(local, "bin", "npm"));
  await makeBase(bases.build, larger);

  async function makeBase(tag: string, archive: string): Promise<void> {
    const container = await buildah("from", "scratch");
    await buildah("add", container, archive, "/");
    await buildah("copy", container, local, "/usr/local");
    await buildah("config", "--env", path, container);
    await buildah("commit", "--rm", container, tag);
  }
}
