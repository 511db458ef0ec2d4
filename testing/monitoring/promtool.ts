import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Prometheus' promtool: that of PROMTOOL, or of the PATH. Undefined if this machine has none. */
export const promtool = process.env.PROMTOOL || onPath("promtool");

/** Runs promtool with this input. It exits with 0 if it finds nothing wrong. */
export function runPromtool(args: string[], input = ""): { status: number | null; output: string } {
  if (!promtool) throw new Error("promtool is not on this machine");
  const { status, stdout, stderr } = spawnSync(promtool, args, { input, encoding: "utf8" });
  return { status, output: stdout + stderr };
}

function onPath(name: string): string | undefined {
  const files = (process.env.PATH ?? "").split(delimiter).map((folder) => join(folder, name));
  return files.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
