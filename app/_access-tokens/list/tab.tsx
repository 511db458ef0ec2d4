import type { ScopeFields } from "@/app/_parts/paths";
import { listHref, listPathOf } from "@/app/_parts/paths";
import { firstOf, pageSize, rangeInWords } from "./range";
import { TokenList } from "./token-list";
import type { VisibleTokens } from "./visible-tokens";
import { listedToken } from "./visible-tokens";

type Props = { scope: ScopeFields; tokens: VisibleTokens };

export function AccessTokensTab({ scope, tokens }: Props) {
  const { state, items, nextCursor, previousCursor, access, total, overview, bounds } = tokens;
  const { permissions } = access;
  const path = listPathOf(scope);
  const page = {
    shown: items.length,
    total,
    hasPrevious: Boolean(previousCursor),
    hasNext: Boolean(nextCursor),
    first: state.first,
  };
  const first = firstOf(page);
  const at = (cursor: string | null, from: number | undefined) =>
    cursor ? listHref(path, { ...state, cursor, first: from ? String(Math.max(from, 1)) : undefined }) : undefined;
  return (
    <TokenList
      path={path}
      scope={scope}
      state={state}
      tokens={items.map(listedToken)}
      total={total}
      range={rangeInWords(page)}
      overview={overview}
      previousHref={at(previousCursor, first && first - pageSize)}
      nextHref={at(nextCursor, first && first + items.length)}
      mayManage={permissions.has("access-tokens:manage")}
      createsWithin={permissions.has("access-tokens:create") ? bounds : undefined}
      rotatesWithin={permissions.has("access-tokens:rotate") ? bounds : undefined}
      now={access.now}
    />
  );
}
