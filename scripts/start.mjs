// `npm start`: installs what is missing, builds what has changed, and serves until it is told to stop.

import { install, run, serve } from "./bootstrap.mjs";
import { buildIfStale } from "./build.mjs";

process.exitCode = (await install()) && (await buildIfStale(run)) ? await serve("node", ["dist/server.js"]) : 1;
