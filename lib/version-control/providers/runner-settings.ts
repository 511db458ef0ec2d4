import { z } from "zod";
import type { ProviderType } from "@/db/enums";
import { invalid } from "@/lib/errors";

const tag = z
  .string({ error: "Give each tag as text." })
  .trim()
  .min(1, { error: "A tag must not be empty.", abort: true })
  .max(64, "A tag may have at most 64 characters.")
  .regex(/^[^\p{C},]+$/u, "A tag must not contain commas or control characters.");

/** Runner tags without duplicates. Case-sensitive, as at GitLab. */
export const tagList = z
  .array(tag, { error: "Give the tags as a list." })
  .max(50, "Give at most 50 tags.")
  .overwrite((tags) => [...new Set(tags)]);

export const runUntagged = z.boolean({ error: "Say true or false." });

/** An access's settings for its runners: the allowed tags (empty: any), and whether they may run untagged jobs. */
export type RunnerSettings = { allowedTags: string[]; runUntagged: boolean };
/** The settings of one runner. */
export type RunnerTags = { tags: string[]; runUntagged: boolean };

/** The tag of a runner that would have no tags and may not run untagged jobs. */
const ownTag = "vehaas";

/** Throws `invalid` on `runUntagged` for GitHub, whose jobs choose runners only by labels. */
export function assertSettings(providerType: ProviderType, { runUntagged }: Pick<RunnerSettings, "runUntagged">): void {
  if (!runUntagged || providerType === "gitlab") return;
  throw invalid("runUntagged", "Only GitLab has untagged jobs. GitHub's jobs choose their runners by labels.");
}

/**
 * The settings of a runner to register. It runs untagged jobs only if it is requested without tags and the access
 * allows it. Throws `invalid` on `tags` for a tag that isn't allowed.
 */
export function tagsOfRunner({ allowedTags, runUntagged }: RunnerSettings, asked: string[]): RunnerTags {
  const refused = allowedTags.length > 0 ? asked.find((tag) => !allowedTags.includes(tag)) : undefined;
  if (refused !== undefined) {
    throw invalid("tags", `The tag "${refused}" is not one of the allowed tags of the version control access.`);
  }
  if (asked.length > 0) return { tags: asked, runUntagged: false };
  return { tags: allowedTags.length > 0 || runUntagged ? allowedTags : [ownTag], runUntagged };
}

/** Whether an access that was changed meanwhile would still register this runner. */
export function stillAllows({ allowedTags, runUntagged }: RunnerSettings, runner: RunnerTags): boolean {
  const areAllowed = allowedTags.length === 0 || runner.tags.every((tag) => allowedTags.includes(tag));
  return areAllowed && (runUntagged || !runner.runUntagged);
}
