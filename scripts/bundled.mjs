/** What a build bundles: the server, and the commands that an operator runs beside it. */
export const bundled = [
  "server.ts",
  "scripts/check-health.ts",
  "scripts/create-organization.ts",
  "scripts/rotate-keys.ts",
  "scripts/unlock-person.ts",
  "scripts/verify-audit.ts",
];
