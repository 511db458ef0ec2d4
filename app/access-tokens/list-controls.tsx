"use client";

import { type FormEvent, useEffect, useRef } from "react";
import { useNavigation } from "@/components/ui/navigation-area";
import { SearchField } from "@/components/ui/search-field";
import { Select } from "@/components/ui/select";
import { Toolbar } from "@/components/ui/toolbar";
import { listHref } from "./list-href";

type Props = { path: string; search?: string; status?: string; sort?: string };

const statusOptions = [
  { value: "", label: "All statuses" },
  { value: "active", label: "Active" },
  { value: "revoked", label: "Revoked" },
  { value: "expired", label: "Expired" },
];

/** Search and filter, kept in the address. */
export function ListControls({ path, search = "", status = "", sort }: Props) {
  const { navigate } = useNavigation();
  const field = useRef<HTMLInputElement>(null);

  // The address may change by itself (Back, "Show all"); what is being typed stays.
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
          // Chromium and Safari: also when the field's cross is clicked.
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
