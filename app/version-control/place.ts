import type { ScopeFields } from "@/app/access-tokens/scope-fields";

/** How a form names the access token that it is about: by the scope's field and its id. */
export type TokenPlace = ScopeFields & { tokenId: string };
