"use client";

import { NavigationArea } from "@/components/ui/navigation-area";
import { Pager } from "@/components/ui/pager";
import { SectionHeader } from "@/components/ui/section-header";
import { CreateDialog } from "./create-dialog";
import { ListControls } from "./list-controls";
import type { ListState } from "./list-state";
import type { ListedToken } from "./listed-token";
import { NoTokens } from "./no-tokens";
import type { ScopeFields } from "./scope-fields";
import { TokenTable } from "./token-table";

type Props = {
  path: string;
  scope: ScopeFields;
  state: ListState;
  tokens: ListedToken[];
  previousHref?: string;
  nextHref?: string;
  mayManage: boolean;
  /** Left out for who may not create one. */
  maxLifetimeDays?: number;
  /** The server's clock. */
  now: Date;
};

/** A page of the list with all that is done to it, as one component of the browser: each one costs a page some more. */
export function TokenList({
  path,
  scope,
  state,
  tokens,
  previousHref,
  nextHref,
  mayManage,
  maxLifetimeDays,
  now,
}: Props) {
  const isFiltered = Boolean(state.search || state.status);
  const isEmpty = tokens.length === 0 && !isFiltered;
  return (
    <NavigationArea>
      {/* The dialog keeps its place in the tree: the first token must not unmount it, with the secret in it. */}
      <SectionHeader
        title="Access tokens"
        action={maxLifetimeDays !== undefined && <CreateDialog scope={scope} maxLifetimeDays={maxLifetimeDays} />}
      >
        Credentials with which scripts and CI pipelines call the veHaaS API.
      </SectionHeader>
      {!isEmpty && <ListControls path={path} search={state.search} status={state.status} sort={state.sort} />}
      {tokens.length > 0 ? (
        <TokenTable path={path} scope={scope} state={state} tokens={tokens} mayManage={mayManage} now={now} />
      ) : (
        <NoTokens filteredPath={isFiltered ? path : undefined} />
      )}
      <Pager label="Pages of access tokens" previousHref={previousHref} nextHref={nextHref} />
    </NavigationArea>
  );
}
