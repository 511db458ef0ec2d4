import type { ScopeFields } from "./scope-fields";

/** How a form names the access token that it is about: by the scope's field and its id. */
export type TokenPlace = ScopeFields & { tokenId: string };
