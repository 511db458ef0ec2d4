import type { ScopeFields, TokenRef } from "@/app/_parts/paths";
import { scopeOf } from "@/app/_parts/scope";
import { getAccessToken } from "@/lib/access-tokens/queries";
import { DomainError } from "@/lib/errors";
import { findProject, findProjectInput } from "@/lib/trusted-pipelines/projects/find-project";
import type { Project } from "@/lib/trusted-pipelines/projects/project";
import { currentUser } from "@/lib/web/session";
import { typographic } from "@/lib/web/typographic";

/** What a lookup found, or why there is nothing, in words. */
export type ProjectAnswer = { project: Project } | { message: string };

const headers = { "cache-control": "no-store" };

/**
 * The project that the request names, as JSON for the dialog. 404 if the person may not see the token, 403 if they may not
 * change its pipelines. Not a server action: those wait for each other.
 */
export async function projectAnswer(
  request: Request,
  { tokenId, ...scope }: ScopeFields & TokenRef,
): Promise<Response> {
  const actor = await currentUser();
  if (!actor) return new Response(null, { status: 401, headers });
  const input = findProjectInput.safeParse(Object.fromEntries(new URL(request.url).searchParams));
  if (!input.success) return new Response(null, { status: 400, headers });
  try {
    // A page of another group or organization does not lead to this token.
    await getAccessToken(actor, tokenId, scopeOf(scope));
    return Response.json({ project: await findProject(actor, tokenId, input.data) } satisfies ProjectAnswer, {
      headers,
    });
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    const status = statusOf[error.code];
    if (status) return new Response(null, { status, headers });
    return Response.json({ message: typographic(error.message) } satisfies ProjectAnswer, { headers });
  }
}

const statusOf: Partial<Record<DomainError["code"], number>> = { not_found: 404, forbidden: 403, people_only: 403 };
