"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { removeVariable, setVariable, setVariableInput } from "@/lib/environment-variables/change";
import { applyDotenv, dotenvText, planDotenv } from "@/lib/environment-variables/dotenv-import";
import { limits } from "@/lib/environment-variables/limits";
import { variableName } from "@/lib/environment-variables/name";
import { DomainError } from "@/lib/errors";
import { formAction } from "@/lib/web/form-action";
import { checkbox, jsonField } from "@/lib/web/form-fields";

const ofToken = { tokenId: z.string() };

/** Answers nothing that was sent, like the other actions here. A value stays in the browser's form until it is stored. */
export const setVariableAction = formAction(
  z.object({
    ...ofToken,
    name: variableName,
    value: jsonField(setVariableInput.shape.value),
    expected: z.string().nullable().default(null),
  }),
  (actor, input) => {
    const { name, value, expected } = input;
    return refreshed(async () => {
      await setVariable(actor, input.tokenId, { name, value, expected });
    });
  },
);

export const removeVariableAction = formAction(
  z.object({ ...ofToken, name: z.string(), expected: z.string() }),
  (actor, input) => {
    const { name, expected } = input;
    return refreshed(() => removeVariable(actor, input.tokenId, { name, expected }));
  },
);

export const planDotenvAction = formAction(z.object({ ...ofToken, text: jsonField(dotenvText) }), (actor, input) =>
  planDotenv(actor, input.tokenId, input.text),
);

// Pairs, because a record would lose the name `__proto__`.
const expected = jsonField(z.array(z.tuple([z.string(), z.string().nullable()])).max(limits.variables));

export const applyDotenvAction = formAction(
  z.object({ ...ofToken, text: jsonField(dotenvText), expected, leaveOutRefused: checkbox }),
  (actor, input) =>
    refreshed(async () => {
      const file = { text: input.text, leaveOutRefused: input.leaveOutRefused };
      const seen = Object.fromEntries(input.expected);
      await applyDotenv(actor, input.tokenId, { ...file, expected: seen });
    }),
);

/** Refreshes the page, also after a conflict, so that a second "Confirm" is about what the page shows. */
async function refreshed(change: () => Promise<void>): Promise<void> {
  try {
    await change();
    refresh();
  } catch (error) {
    if (error instanceof DomainError && (error.code === "conflict" || error.code === "not_found")) refresh();
    throw error;
  }
}
