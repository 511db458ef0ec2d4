import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { tsconfigPaths: true },
  test: { include: ["{lib,scripts}/**/*.unit.test.ts"], testTimeout: 20_000 },
});
