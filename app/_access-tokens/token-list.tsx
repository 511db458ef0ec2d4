"use client";

import { type FormEvent, useEffect, useRef, useState } from "react";
import { listHref, type ScopeFields } from "@/app/_parts/paths";
import { ButtonLink } from "@/components/ui/button-link";
import { EmptyState } from "@/components/ui/empty-state";
import { SectionHeader } from "@/components/ui/header";
import { NavigationArea, useNavigation } from "@/components/ui/navigation-area";
import { Pager } from "@/components/ui/pager";
import { SearchField } from "@/components/ui/search-field";
import { Select } from "@/components/ui/select";
import { Toolbar } from "@/components/ui/table-parts";
import { CreateDialog } from "./creation/create-dialog";
import type { ListState } from "./list-state";
import { TokenTable } from "./token-table";
import type { ListedToken } from "./visible-tokens";

/** Says that there is no token, or with `filteredPath` (the unfiltered list) that no token matches. */
function NoTokens({ filteredPath }: { filteredPath?: string }) {
  if (filteredPath) {
    return (
      <EmptyState title="No matching access tokens" action={<ButtonLink href={filteredPath}>Show all</ButtonLink>}>
        No access token has this name and status.
      </EmptyState>
    );
  }
  return (
    <EmptyState title="No access tokens yet">
      An access token lets a script, a CI pipeline or a runner call the veHaaS API without a person’s credentials.
      Create one, and copy its secret: it is shown once.
    </EmptyState>
  );
}

type ListControlsProps = { path: string; search?: string; status?: string; sort?: string };

const statusOptions = [
  { value: "", label: "All statuses" },
  { value: "active", label: "Active" },
  { value: "revoked", label: "Revoked" },
  { value: "expired", label: "Expired" },
];

/** Search and filter. The URL holds their state. */
function ListControls({ path, search = "", status = "", sort }: ListControlsProps) {
  const { navigate } = useNavigation();
  const field = useRef<HTMLInputElement>(null);

  // The URL may change without this form (Back, "Show all"). Text that is being typed stays.
  useEffect(() => {
    if (field.current && field.current !== document.activeElement) field.current.value = search;
  }, [search]);

  function apply(changed: { search?: string; status?: string }) {
    navigate(listHref(path, { search: field.current?.value.trim(), status, sort, ...changed }));
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    apply({});
  }

  return (
    <Toolbar label="Search and filter access tokens">
      <form onSubmit={submit} className="min-w-0 flex-1 basis-48 sm:max-w-80">
        <SearchField
          ref={field}
          label="Search by name"
          name="search"
          defaultValue={search}
          maxLength={255}
          // Chromium and Safari also fire this when the field's clear button is clicked.
          onInput={(event) => event.currentTarget.value === "" && search && apply({ search: "" })}
          className="w-full"
        />
      </form>
      <Select
        aria-label="Status"
        options={statusOptions}
        value={status}
        onChange={(event) => apply({ status: event.target.value })}
      />
    </Toolbar>
  );
}

type TokenListProps = {
  path: string;
  scope: ScopeFields;
  state: ListState;
  tokens: ListedToken[];
  previousHref?: string;
  nextHref?: string;
  mayManage: boolean;
  /** Undefined if the person may not create tokens. */
  maxLifetimeDays?: number;
  /** The server's clock. */
  now: Date;
};

/** The list with its controls, as one browser component (record 0059). */
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
}: TokenListProps) {
  const here = listHref(path, state);
  const [created, setCreated] = useState<{ tokenId: string; at: string }>();
  // Marked until the next navigation.
  const newTokenId = created?.at === here ? created.tokenId : undefined;
  const isFiltered = Boolean(state.search || state.status);
  const isEmpty = tokens.length === 0 && !isFiltered;
  return (
    <NavigationArea>
      {/* The dialog's place in the tree is fixed: the first token must not unmount it while it shows the secret. */}
      <SectionHeader
        title="Access tokens"
        action={
          maxLifetimeDays !== undefined && (
            <CreateDialog
              scope={scope}
              maxLifetimeDays={maxLifetimeDays}
              onCreated={(tokenId) => setCreated({ tokenId, at: here })}
            />
          )
        }
      >
        Credentials with which scripts and CI pipelines call the veHaaS API.
      </SectionHeader>
      {!isEmpty && <ListControls path={path} search={state.search} status={state.status} sort={state.sort} />}
      {tokens.length > 0 ? (
        <TokenTable {...{ path, scope, state, tokens, newTokenId, mayManage, now }} />
      ) : (
        <NoTokens filteredPath={isFiltered ? path : undefined} />
      )}
      <Pager label="Pages of access tokens" previousHref={previousHref} nextHref={nextHref} />
    </NavigationArea>
  );
}
