"use client";

import { type ComponentType, useEffect, useState } from "react";
import { listHref, type ScopeFields } from "@/app/_parts/paths";
import { useAnnounce } from "@/components/ui/announcements";
import { Button } from "@/components/ui/button";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { SectionHeader } from "@/components/ui/header";
import { ListHead, NavigationArea } from "@/components/ui/navigation-area";
import { Pager } from "@/components/ui/pager";
import type { ListOverview } from "@/lib/access-token-list/queries";
import type { Bounds } from "@/lib/policies/policy";
import { CreateDialog } from "../creation/create-dialog";
import type { SelectionBarProps } from "../many/selection-bar";
import { ListControls } from "./list-controls";
import type { ListState } from "./list-state";
import { TokenTable } from "./token-table";
import type { ListedToken } from "./visible-tokens";

/** Says that there is no token, or with `filteredPath` (the unfiltered list) that no token matches. */
function NoTokens({ filteredPath }: { filteredPath?: string }) {
  if (filteredPath) {
    return (
      <EmptyState title="No matching access tokens" action={<ButtonLink href={filteredPath}>Show all</ButtonLink>}>
        No access token matches this search and these filters.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No access tokens yet" action={<ButtonLink href="/api/v2.0/docs">API Documentation</ButtonLink>}>
      An access token lets a script, a CI pipeline or a runner call the veHaaS API without a person’s credentials.
      Create one, and copy its secret: it is shown once.
    </EmptyState>
  );
}

// Loaded on demand, to keep the list page's scripts small.
const loadBar = () => import("../many/selection-bar");

/** Belongs to one page of the list, and ends with it. */
type Selection = { at: string; ids: readonly string[]; isAllMatching: boolean };

type TokenListProps = {
  path: string;
  scope: ScopeFields;
  state: ListState;
  tokens: ListedToken[];
  /** How many tokens the list has on all pages, as far as they are counted. */
  total: number;
  /** Which of them this page shows, in words. */
  range: string;
  overview: ListOverview;
  previousHref?: string;
  nextHref?: string;
  mayManage: boolean;
  /** Undefined if the person may not create tokens. */
  createsWithin?: Bounds;
  /** As of the status menu. */
  rotatesWithin?: Bounds;
  /** The database's clock, by which tokens expire. */
  now: Date;
};

/** The list with its controls, as one browser component (record 0059). */
export function TokenList(props: TokenListProps) {
  const { path, scope, state, tokens, overview, mayManage, createsWithin, rotatesWithin, now } = props;
  const here = listHref(path, state);
  const [created, setCreated] = useState<{ tokenId: string; at: string }>();
  // Marked until the next navigation. Going back does not mark it again.
  if (created && created.at !== here) setCreated(undefined);
  const [exact, setExact] = useState(false);
  const { selection, select, bar } = useSelection(props, here);
  const { search, status, expires, used, created_by, unmet } = state;
  const isFiltered = Boolean(search || status || expires || used || created_by || unmet);
  const isEmpty = tokens.length === 0 && !isFiltered;
  return (
    <NavigationArea>
      {/* The dialog's place in the tree is fixed: the first token must not unmount it while it shows the secret. */}
      <SectionHeader
        isTab
        title="Access tokens"
        action={
          createsWithin && (
            <CreateDialog
              scope={scope}
              bounds={createsWithin}
              onCreated={(tokenId) => setCreated({ tokenId, at: here })}
            />
          )
        }
      >
        Credentials with which scripts and CI pipelines call the veHaaS API.
      </SectionHeader>
      {!isEmpty && <ListControls path={path} state={state} overview={overview} />}
      {tokens.length > 0 ? (
        <>
          <div className="list-head">
            <ListHead>{props.range}</ListHead>
            <Button variant="quiet" className="chip" aria-pressed={exact} onClick={() => setExact(!exact)}>
              Exact times
            </Button>
          </div>
          <TokenTable
            {...{ path, scope, state, tokens, mayManage, rotatesWithin, exact, now }}
            newTokenId={created?.tokenId}
            selected={selection}
            onSelect={mayManage ? select : undefined}
          />
          {bar}
        </>
      ) : (
        <NoTokens filteredPath={isFiltered ? path : undefined} />
      )}
      <Pager label="Pages of access tokens" previousHref={props.previousHref} nextHref={props.nextHref} />
    </NavigationArea>
  );
}

/** The selected tokens of this page, and the bar with what can be done to them. */
function useSelection({ scope, state, tokens, total }: TokenListProps, here: string) {
  const announce = useAnnounce();
  const [made, setMade] = useState<Selection>();
  const [Bar, setBar] = useState<ComponentType<SelectionBarProps>>();
  const [refocus, setRefocus] = useState<() => HTMLElement | undefined>();
  // Going back to the page does not bring it back.
  if (made && made.at !== here) setMade(undefined);
  const ids = tokens.map(({ id }) => id);
  const chosen = ids.filter((id) => made?.ids.includes(id));

  // A change may remove the row that has got the focus after its dialog.
  useEffect(() => {
    if (tokens && document.activeElement === document.body) refocus?.()?.focus();
  }, [tokens, refocus]);

  function select(selected: readonly string[], isAllMatching = false) {
    setMade({ at: here, ids: selected, isAllMatching });
    if (Bar) return;
    const failed = {
      text: "What can be done to selected tokens could not be loaded. Check your connection and try again.",
    };
    loadBar().then(
      ({ SelectionBar }) => setBar(() => SelectionBar),
      () => announce(failed),
    );
  }

  return {
    selection: new Set(chosen),
    select: (selected: readonly string[]) => select(selected),
    bar: Bar && made && chosen.length > 0 && (
      <Bar
        scope={scope}
        state={state}
        pageIds={ids}
        ids={chosen}
        isAllMatching={made.isAllMatching}
        total={total}
        onSelectAll={() => select(ids, true)}
        onClear={() => setMade(undefined)}
        onDone={(focus) => {
          setMade(undefined);
          setRefocus(() => focus);
        }}
      />
    ),
  };
}
