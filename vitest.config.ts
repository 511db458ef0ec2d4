import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

const bundled = [
  "@hono/zod-openapi",
  "drizzle-orm",
  "drizzle-orm/migrator",
  "drizzle-orm/node-postgres",
  "drizzle-orm/node-postgres/migrator",
  "drizzle-orm/pg-core",
  "hono",
  "hono/body-limit",
  "hono/factory",
  "hono/route",
  "hono/utils/accept",
  "temporal-polyfill",
  "zod",
];

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    // Many tests wait: for an unavailable database, a limit or a second process. One worker per core would leave it idle.
    maxWorkers: Math.max(4, availableParallelism()),
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Each test file loads its own modules. Packages of many small files are bundled once: loading them for each test file
    // took a third of the time. Not pg: drizzle-orm and we must use the same classes.
    deps: { optimizer: { ssr: { enabled: true, include: bundled, exclude: ["pg"] } } },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["{lib,scripts,db,api,components,app,server,testing,deploy,cluster}/**/*.unit.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "domain",
          include: ["{lib,scripts,db,api,server}/**/*.test.ts"],
          exclude: ["**/*.unit.test.ts"],
          globalSetup: "testing/database/global-setup.ts",
          setupFiles: "testing/database/setup.ts",
        },
      },
      {
        extends: true,
        // Not part of `npm test`: it needs Debian's buildah, and takes minutes.
        test: { name: "image", include: ["deploy/image.test.ts"], testTimeout: 300_000, hookTimeout: 1_800_000 },
      },
    ],
  },
});
