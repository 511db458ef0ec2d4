// JavaScript, since Next loads its compiler to read TypeScript, at each start of the server.

import { PHASE_DEVELOPMENT_SERVER } from "next/constants.js";

/** @type {(phase: string) => import("next").NextConfig} */
const config = (phase) => ({
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run types` checks everything, including the tests.
  typescript: { ignoreBuildErrors: true },
  // In development Next logs each path, and an invitation's path contains its secret.
  logging: { incomingRequests: { ignore: [/\/invitations\//] } },
  // Every client gets the title in the initial HTML. Streaming it later, Next's default, would cost time on each page.
  htmlLimitedBots: /.*/,
  experimental: {
    authInterrupts: true,
    // A build that uses the cache is hardly quicker, and the first one has to write it.
    turbopackFileSystemCacheForBuild: false,
    // Only development reads them. A build keeps the names of the server's functions instead, for stacks in the log.
    turbopackSourceMaps: phase === PHASE_DEVELOPMENT_SERVER,
    serverMinification: false,
  },
  // What the server has loaded anyway; drizzle-orm and zod were a third of the build's time.
  serverExternalPackages: ["pg", "pino", "@node-rs/argon2", "drizzle-orm", "zod"],
});

export default config;
