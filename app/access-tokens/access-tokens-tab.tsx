import { NavigationArea } from "@/components/ui/navigation-area";
import { Pager } from "@/components/ui/pager";
import { SectionHeader } from "@/components/ui/section-header";
import { settings } from "@/lib/env";
import { CreateDialog } from "./create-dialog";
import { ListControls } from "./list-controls";
import { listHref } from "./list-href";
import { listedToken } from "./listed-token";
import { NoTokens } from "./no-tokens";
import { listPathOf } from "./scope";
import type { ScopeFields } from "./scope-fields";
import { TokenTable } from "./token-table";
import type { VisibleTokens } from "./visible-tokens";

type Props = { scope: ScopeFields; tokens: VisibleTokens };

/** The Access Tokens tab of a group or an organization. */
export function AccessTokensTab({ scope, tokens }: Props) {
  const { state, items, nextCursor, previousCursor, access } = tokens;
  const { permissions } = access;
  const path = listPathOf(scope);
  const at = (place: string | null) => (place ? listHref(path, { ...state, cursor: place }) : undefined);
  const isFiltered = Boolean(state.search || state.status);
  const isEmpty = items.length === 0 && !isFiltered;
  return (
    <NavigationArea>
      {/* The dialog keeps its place in the tree: the first token must not unmount it, with the secret in it. */}
      <SectionHeader
        title="Access tokens"
        action={
          permissions.has("access-tokens:create") && (
            <CreateDialog scope={scope} maxLifetimeDays={settings().TOKEN_MAX_LIFETIME_DAYS} />
          )
        }
      >
        Credentials with which scripts and CI pipelines call the veHaaS API.
      </SectionHeader>
      {!isEmpty && <ListControls path={path} search={state.search} status={state.status} sort={state.sort} />}
      {items.length > 0 ? (
        <TokenTable
          path={path}
          scope={scope}
          state={state}
          tokens={items.map(listedToken)}
          mayManage={permissions.has("access-tokens:manage")}
          now={new Date()}
        />
      ) : (
        <NoTokens filteredPath={isFiltered ? path : undefined} />
      )}
      <Pager label="Pages of access tokens" previousHref={at(previousCursor)} nextHref={at(nextCursor)} />
    </NavigationArea>
  );
}
