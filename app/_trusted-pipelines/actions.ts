"use server";

import { refresh } from "next/cache";
import { z } from "zod";
import { addTrustedPipeline } from "@/lib/trusted-pipelines/add";
import { longestKeySet } from "@/lib/trusted-pipelines/public-keys";
import { removeTrustedPipeline } from "@/lib/trusted-pipelines/remove";
import { addTrustedPipelineInput } from "@/lib/trusted-pipelines/trusted-pipeline";
import { formAction } from "@/lib/web/form-action";
import { checkbox } from "@/lib/web/form-fields";

const ofToken = { tokenId: z.string() };

/** Characters that are parsed. A key set that is longer is refused anyway. */
const longestText = 2 * longestKeySet;

const optionalText = z
  .string()
  .optional()
  .transform((text) => text?.trim() || null);

/** A text that can't be read becomes one that the command's schema refuses. */
const json = optionalText.transform((text): unknown => {
  if (text === null) return null;
  try {
    return text.length <= longestText ? JSON.parse(text) : "";
  } catch {
    return "";
  }
});

const form = z
  .object({
    ...ofToken,
    providerType: z.string().optional(),
    providerUrl: z.string().optional(),
    project: z.string().optional(),
    projectId: z.string().optional(),
    ownerId: optionalText,
    refType: z.string().optional(),
    ref: optionalText,
    environment: optionalText,
    protectedOnly: checkbox,
    mergeRequests: checkbox,
    lifetimeMinutes: z.string().optional().transform(Number),
    publicKeys: json,
  })
  .transform(({ refType, ref, ...fields }): unknown => ({
    ...fields,
    // Somebody may type it as providers spell it.
    ref: ref && (ref.startsWith("refs/") ? ref : `refs/${refType === "tag" ? "tags" : "heads"}/${ref}`),
  }))
  .pipe(addTrustedPipelineInput.extend(ofToken));

export const addPipelineAction = formAction(form, async (actor, { tokenId, ...input }) => {
  await addTrustedPipeline(actor, tokenId, input);
  refresh();
});

export const removePipelineAction = formAction(
  z.object({ ...ofToken, pipelineId: z.string() }),
  async (actor, input) => {
    await removeTrustedPipeline(actor, input.tokenId, input.pipelineId);
    refresh();
  },
);
