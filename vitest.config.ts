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
  "hono/utils/accept",
  "temporal-polyfill",
  "zod",
];

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    // Many of the tests wait: for a database that is away, a limit, a second process. As many as cores would leave those idle.
    maxWorkers: Math.max(3, availableParallelism()),
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // Each test file has modules of its own. The packages of many small files are bundled once: to load those again for
    // each test file took a third of the time. Not pg: its classes must be the same for drizzle-orm and for us.
    deps: { optimizer: { ssr: { enabled: true, include: bundled, exclude: ["pg"] } } },
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["{lib,scripts,db,api,components,app,server,testing}/**/*.unit.test.ts"] },
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
    ],
  },
});
