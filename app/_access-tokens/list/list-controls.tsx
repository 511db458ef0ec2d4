"use client";

import { type FormEvent, useEffect, useId, useRef } from "react";
import { listHref } from "@/app/_parts/paths";
import { useAnnounce } from "@/components/ui/announcements";
import { Button } from "@/components/ui/button";
import { useNavigation } from "@/components/ui/navigation-area";
import { SearchField } from "@/components/ui/search-field";
import { Select } from "@/components/ui/select";
import { Toolbar } from "@/components/ui/table-parts";
import type { Creator, ListOverview } from "@/lib/access-token-list/queries";
import type { ListState } from "./list-state";
import { aboutPastedSecrets, suffixOfPastedSecret } from "./pasted-secret";
import { paramInWords } from "./policy-param";

type Props = { path: string; state: ListState; overview: ListOverview };

const statusOptions = [
  { value: "", label: "All statuses" },
  { value: "active", label: "Active" },
  { value: "revoked", label: "Revoked" },
  { value: "expired", label: "Expired" },
];

/** Search and filters. The URL holds their state. */
export function ListControls({ path, state, overview }: Props) {
  const { navigate, pending } = useNavigation();
  const announce = useAnnounce();
  const field = useRef<HTMLInputElement>(null);
  const { search = "", status = "", created_by: creator = "", expires, used, unmet } = state;

  // The URL may change without this form (Back, "Show all"). Text that is being typed stays.
  useEffect(() => {
    if (field.current && field.current !== document.activeElement) field.current.value = search;
  }, [search]);

  // What was asked for last, so that a second click before the page arrives does not take the first one back.
  const asked = useRef(state);
  useEffect(() => {
    if (!pending) asked.current = state;
  }, [pending, state]);

  function apply(changed: Record<string, string | undefined>) {
    asked.current = { ...asked.current, search: typed(), cursor: undefined, first: undefined, ...changed };
    navigate(listHref(path, asked.current));
  }

  /** The text of the field. A secret must not get into the URL, where logs and the history would store it. */
  function typed(): string {
    const text = field.current?.value.trim() ?? "";
    const suffix = suffixOfPastedSecret(text);
    if (suffix === undefined) return text;
    if (field.current) field.current.value = suffix;
    announce({ text: suffix ? aboutPastedSecrets.whole : aboutPastedSecrets.part });
    return suffix;
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
          label="Search access tokens"
          placeholder="Name, technical user or last four"
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
      <Select
        aria-label="Created by"
        className="max-w-full min-w-0"
        options={creatorOptions(overview.creators, creator)}
        value={creator}
        onChange={(event) => apply({ created_by: event.target.value })}
      />
      <Chip
        label="Expires soon"
        amount={overview.expiresSoon}
        pressed={Boolean(expires)}
        onToggle={(on) => apply({ expires: on ? "soon" : undefined })}
      />
      <Chip
        label="Never used"
        amount={overview.neverUsed}
        pressed={used === "never"}
        onToggle={(on) => apply({ used: on ? "never" : undefined })}
      />
      <Chip
        label="Not used for 30 days"
        amount={overview.notUsedFor30Days}
        pressed={used === "not-for-30-days"}
        onToggle={(on) => apply({ used: on ? "not-for-30-days" : undefined })}
      />
      {/* Set by a link of the policy, and only taken off here. */}
      {unmet && (
        <Button aria-pressed className="chip" title={paramInWords(unmet)} onClick={() => apply({ unmet: undefined })}>
          Doesn’t meet the policy
        </Button>
      )}
    </Toolbar>
  );
}

type ChipProps = { label: string; amount: number; pressed: boolean; onToggle: (on: boolean) => void };

/** A filter that is on or off, with the number of tokens in the whole list to which it applies. */
function Chip({ label, amount, pressed, onToggle }: ChipProps) {
  const id = useId();
  const shown = amount > 99 ? "99+" : String(amount);
  return (
    <>
      <Button aria-describedby={id} aria-pressed={pressed} className="chip" onClick={() => onToggle(!pressed)}>
        {label}
        <span aria-hidden className="amount">
          {shown}
        </span>
      </Button>
      <span id={id} hidden>{`${shown} in the whole list`}</span>
    </>
  );
}

function creatorOptions(creators: Creator[], chosen: string) {
  const isShared = (name: string) => creators.filter((creator) => creator.name === name).length > 1;
  const options = creators.map(({ id, name, email }) => ({
    value: id,
    label: email && isShared(name) ? `${name} (${email})` : name,
  }));
  const isKnown = !chosen || creators.some(({ id }) => id === chosen);
  return [
    { value: "", label: "Created by anyone" },
    ...options,
    ...(isKnown ? [] : [{ value: chosen, label: "Somebody else" }]),
  ];
}
