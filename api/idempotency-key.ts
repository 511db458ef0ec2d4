import { z } from "@hono/zod-openapi";

/** The `request.headers` of a createRoute that creates something at most once. */
export const idempotencyKeyHeader = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[ -~]{1,255}$/, "must have 1 to 255 printable ASCII characters")
    .optional()
    .openapi({
      description:
        "A repeated request with the same key creates nothing, and returns the first one's token. Valid for a day",
      param: { example: "5b1f6c0a-7f0e-4d6c-9f3e-2f8f5a1c7b90" },
    }),
});
