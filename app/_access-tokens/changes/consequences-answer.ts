import type { ScopeFields, TokenRef } from "@/app/_parts/paths";
import { scopeOf } from "@/app/_parts/scope";
import { consequencesOf } from "@/lib/access-tokens/queries";
import { DomainError } from "@/lib/errors";
import { currentUser } from "@/lib/web/session";
import type { ShownConsequences } from "./consequences";

const headers = { "cache-control": "no-store" };

/** What is lost with the scope's token, as JSON for its dialogs. 404 if the person may not see it. */
export async function consequencesAnswer({ tokenId, ...scope }: ScopeFields & TokenRef): Promise<Response> {
  const actor = await currentUser();
  if (!actor) return new Response(null, { status: 401, headers });
  try {
    const { lastUsedAt, ...counted } = await consequencesOf(actor, tokenId, scopeOf(scope));
    const shown: ShownConsequences = {
      ...counted,
      lastUsedAt: lastUsedAt?.toISOString() ?? null,
      now: new Date().toISOString(),
    };
    return Response.json(shown, { headers });
  } catch (error) {
    if (error instanceof DomainError && error.code === "not_found") return new Response(null, { status: 404, headers });
    throw error;
  }
}
