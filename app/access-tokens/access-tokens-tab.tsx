import { redirect } from "next/navigation";
import { NavigationArea } from "@/components/ui/navigation-area";
import { Pager } from "@/components/ui/pager";
import { SectionHeader } from "@/components/ui/section-header";
import { listAccessTokens } from "@/lib/access-tokens/queries";
import { settings } from "@/lib/env";
import { readCursor, type SearchParams } from "@/lib/web/read-cursor";
import { requireUser } from "@/lib/web/require-user";
import { visible } from "@/lib/web/visible";
import { CreateDialog } from "./create-dialog";
import { ListControls } from "./list-controls";
import { listHref } from "./list-href";
import { readListState } from "./list-state";
import { listedToken } from "./listed-token";
import { NoTokens } from "./no-tokens";
import { visibleOwner } from "./owner";
import { listPathOf, scopeOf } from "./scope";
import type { ScopeFields } from "./scope-fields";
import { TokenTable } from "./token-table";

type Props = { scope: ScopeFields; searchParams: SearchParams };

/** The Access Tokens tab of a group or an organization. */
export async function AccessTokensTab({ scope, searchParams }: Props) {
  const actor = await requireUser();
  const state = await readListState(searchParams);
  const path = listPathOf(scope);
  const { page, cursor } = await visible(
    readCursor(state, (from) => listAccessTokens(actor, scopeOf(scope), { ...state, cursor: from })),
  );
  const { items, nextCursor, previousCursor } = page;
  const { permissions } = await visibleOwner(scope);
  // The tokens of this page may be gone since its address was made.
  if (items.length === 0 && cursor) redirect(listHref(path, { ...state, cursor: undefined }));
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
