import { z } from "zod";
import { db } from "@/db/client";
import { findManagedToken, lockAccessToken, mutateToken } from "@/lib/access-tokens/find";
import type { Actor } from "@/lib/auth/actor";
import { invalid } from "@/lib/errors";
import { type Plan, planOf } from "./dotenv-plan";
import { selectVariables } from "./environment-variable";
import { requireUnchanged } from "./expected";
import { dotenvLength, dotenvTooLong } from "./limits";
import { saveVariables } from "./save";

export type { Plan, PlannedLine } from "./dotenv-plan";

export const dotenvText = z
  .string({ error: "Paste the text of a .env file." })
  .max(dotenvLength, { error: dotenvTooLong })
  .refine((text) => text.trim() !== "", { error: "Paste the text of a .env file." });

export const applyDotenvInput = z.strictObject({
  text: dotenvText,
  /** The revisions shown by the preview, or null for no variable. */
  expected: z.record(z.string(), z.string().nullable()),
  leaveOutRefused: z.boolean(),
});

/** A preview of the import, without values. Throws `not_found` and `forbidden` like the import. */
export async function planDotenv(actor: Actor, tokenId: string, text: string): Promise<Plan> {
  await findManagedToken(db, actor, tokenId);
  return planOf(text, await selectVariables(db, tokenId)).plan;
}

/**
 * Applies the previewed import, all or nothing. Throws `invalid` on text for a refused line that isn't to be left out,
 * if nothing is left, or over a limit; `conflict` if a variable has changed since the preview.
 */
export function applyDotenv(
  actor: Actor,
  tokenId: string,
  { text, expected, leaveOutRefused }: z.output<typeof applyDotenvInput>,
): Promise<{ added: number; replaced: number }> {
  return mutateToken(actor, tokenId, async (tx, { scope }) => {
    const token = await lockAccessToken(tx, scope, tokenId);
    const current = await selectVariables(tx, tokenId);
    const { plan, values } = planOf(text, current);
    for (const name of values.keys()) {
      const seen = Object.hasOwn(expected, name) ? expected[name] : null;
      requireUnchanged(
        name,
        current.find((variable) => variable.name === name),
        seen,
      );
    }
    if (plan.problem) throw invalid("text", plan.problem);
    if (!leaveOutRefused && plan.lines.some(({ kind }) => kind === "refused")) {
      throw invalid("text", "Correct or remove the refused lines, or leave them out.");
    }
    await saveVariables(tx, actor, token, values);
    const names = (kind: string) => plan.lines.flatMap((line) => (line.kind === kind && line.name ? [line.name] : []));
    const [added, replaced] = [names("added"), names("replaced")];
    return {
      result: { added: added.length, replaced: replaced.length },
      event: {
        action: "environment_variable.imported" as const,
        subject: token,
        detail: { added: added.join(" ") || null, replaced: replaced.join(" ") || null },
      },
    };
  });
}
