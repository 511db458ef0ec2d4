// Bundles the server and the operator's commands into dist, so that a machine without development packages runs them.

import { build } from "esbuild";
import { bundled } from "./build.mjs";

await build({
  entryPoints: bundled,
  outdir: "dist",
  outbase: ".",
  bundle: true,
  platform: "node",
  format: "esm",
  target: "node24",
  packages: "external",
  // What deploy/serve.ts imports once it listens for signals.
  external: ["../server.js"],
  logLevel: "warning",
});
