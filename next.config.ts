import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run types` checks the whole of it, the tests too.
  typescript: { ignoreBuildErrors: true },
  // In development Next logs each address, and an invitation's is its secret.
  logging: { incomingRequests: { ignore: [/\/invitations\//] } },
  // Titles stand in our pages from the start. Sending them after the page, as Next does by default, costs each page.
  htmlLimitedBots: /.*/,
  experimental: { authInterrupts: true },
  serverExternalPackages: ["pg", "pino", "@node-rs/argon2"],
};

export default config;
