import { z } from "zod";
import { invalid } from "@/lib/errors";
import { RedirectRefused } from "@/lib/guarded-http/errors";
import { number } from "@/lib/version-control/providers/answer-shape";

/** A provider's project, and what its jobs may run for, for suggestions. `ownerId` is GitHub's. */
export type Project = {
  projectId: string;
  ownerId: string | null;
  branches: string[];
  tags: string[];
  environments: string[];
};

/** Of each kind, one page. */
export const mostSuggestions = 100;

const longestName = 255;

export const aboutProject = z.object({ id: number });
export const aboutRepository = z.object({ id: number, owner: z.object({ id: number }) });

/** Providers redirect requests that use an old path. Throws `invalid` on `project` then. */
export async function unlessMoved<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RedirectRefused) throw invalid("project", "The project has moved. Enter its new path.");
    throw error;
  }
}

const named = z.array(z.object({ name: z.string().max(longestName) }));

/** The names in an answer's list. None if the provider does not list them to this account. */
export async function namesIn(answer: Promise<unknown>): Promise<string[]> {
  try {
    return (named.safeParse(await answer).data ?? []).map(({ name }) => name).slice(0, mostSuggestions);
  } catch {
    // A suggestion is no reason to refuse the project.
    return [];
  }
}
