import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { isInstalled } from "@/scripts/shells.mjs";
import { files } from "@/testing/deploy/files";

const isHere = isInstalled("systemd-analyze");
const name = (what: string) =>
  isHere ? what : `${what} (skipped: systemd-analyze is not on this machine; it is part of systemd)`;

/** A copy of the unit, with the Node of this machine in place of /usr/bin/node. */
function copyOfUnit(change: (text: string) => string = (text) => text): string {
  const folder = mkdtempSync(join(tmpdir(), "unit-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, basename(files.unit));
  writeFileSync(file, change(readFileSync(files.unit, "utf8").replace("/usr/bin/node", `"${process.execPath}"`)));
  return file;
}

function analyze(...args: string[]) {
  const { status, stdout, stderr } = spawnSync("systemd-analyze", args, { encoding: "utf8" });
  return { status, text: stdout + stderr };
}

test.skipIf(!isHere)(name("systemd finds nothing wrong with the unit"), () => {
  expect(analyze("verify", "--man=no", copyOfUnit())).toEqual({ status: 0, text: "" });
  const misspelt = copyOfUnit((text) => text.replace("NoNewPrivileges", "NoNewPrivilege"));
  expect(analyze("verify", "--man=no", misspelt).text).toContain("'NoNewPrivilege'");
});

test.skipIf(!isHere)(name("systemd rates the unit's exposure at most 1.5 of 10"), () => {
  const rate = (file: string) => analyze("security", "--offline=yes", "--threshold=15", file);
  expect(rate(copyOfUnit())).toMatchObject({ status: 0 });
  expect(rate(copyOfUnit((text) => text.replace("DynamicUser=yes\n", "")))).toMatchObject({ status: 1 });
});
