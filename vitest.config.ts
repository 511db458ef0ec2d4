import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: {
    // Many of the tests wait: for a database that is away, a limit, a second process. As many as cores would leave those idle.
    maxWorkers: Math.max(3, availableParallelism()),
    testTimeout: 20_000,
    hookTimeout: 30_000,
    projects: [
      { extends: true, test: { name: "unit", include: ["{lib,scripts,db,api,components,app}/**/*.unit.test.ts"] } },
      {
        extends: true,
        test: {
          name: "domain",
          include: ["{lib,scripts,db,api}/**/*.test.ts"],
          exclude: ["**/*.unit.test.ts"],
          globalSetup: "lib/testing/global-setup.ts",
          setupFiles: "lib/testing/setup.ts",
        },
      },
    ],
  },
});
