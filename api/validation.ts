import type { Hook } from "@hono/zod-openapi";
import { refuseBody } from "./body";
import type { ApiEnv } from "./env";
import { refuseParameter } from "./query";

/** Answers what its schema refuses. */
export const refuseUnfit: Hook<unknown, ApiEnv, string, Response | undefined> = (result) => {
  if (result.success) return undefined;
  return result.target === "json" ? refuseBody(result.error) : refuseParameter(result.error);
};
