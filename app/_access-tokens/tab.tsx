import type { ScopeFields } from "@/app/_parts/paths";
import { listHref, listPathOf } from "@/app/_parts/paths";
import { settings } from "@/lib/env";
import { TokenList } from "./token-list";
import type { VisibleTokens } from "./visible-tokens";
import { listedToken } from "./visible-tokens";

type Props = { scope: ScopeFields; tokens: VisibleTokens };

export function AccessTokensTab({ scope, tokens }: Props) {
  const { state, items, nextCursor, previousCursor, access } = tokens;
  const path = listPathOf(scope);
  const at = (place: string | null) => (place ? listHref(path, { ...state, cursor: place }) : undefined);
  return (
    <TokenList
      path={path}
      scope={scope}
      state={state}
      tokens={items.map(listedToken)}
      previousHref={at(previousCursor)}
      nextHref={at(nextCursor)}
      mayManage={access.permissions.has("access-tokens:manage")}
      maxLifetimeDays={access.permissions.has("access-tokens:create") ? settings().TOKEN_MAX_LIFETIME_DAYS : undefined}
      now={new Date()}
    />
  );
}
