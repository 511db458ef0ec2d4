import { z } from "@hono/zod-openapi";

/** The `request.headers` of a createRoute that does something at most once. */
export function idempotencyKey(description: string) {
  return z.object({
    "idempotency-key": z
      .string()
      .regex(/^[ -~]{1,255}$/, "must have 1 to 255 printable ASCII characters")
      .optional()
      .openapi({ description, param: { example: "5b1f6c0a-7f0e-4d6c-9f3e-2f8f5a1c7b90" } }),
  });
}
