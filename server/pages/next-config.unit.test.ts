import { PHASE_DEVELOPMENT_SERVER, PHASE_PRODUCTION_BUILD } from "next/constants";
import { expect, test } from "vitest";
import config from "@/next.config.mjs";

test("development has source maps, for errors that show the source; a build has none", () => {
  const maps = (phase: string) => config(phase).experimental?.turbopackSourceMaps;
  expect([maps(PHASE_DEVELOPMENT_SERVER), maps(PHASE_PRODUCTION_BUILD)]).toEqual([true, false]);
});
