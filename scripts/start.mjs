// `npm start`: installs missing packages, builds if sources have changed, and serves until it is stopped.

import { run, serve } from "./bootstrap.mjs";
import { buildIfStale } from "./build.mjs";
import { install } from "./install.mjs";

process.exitCode = (await install()) && (await buildIfStale(run)) ? await serve("node", ["dist/server.js"]) : 1;
