"use client";

import { type FormEvent, useRef } from "react";
import { useTimeZone } from "@/components/time";
import { Button } from "@/components/ui/button";
import { useNavigation } from "@/components/ui/navigation-area";
import { Select } from "@/components/ui/select";
import { Toolbar } from "@/components/ui/toolbar";
import { auditActions } from "@/lib/audit/actions";
import { DateFilter } from "./date-filter";
import { actionLabels } from "./labels";
import { type LogState, logHref } from "./log-href";
import { useFollowedValue } from "./use-followed-value";

const options = [
  { value: "", label: "All actions" },
  ...auditActions
    .map((value) => ({ value, label: actionLabels[value] ?? value }))
    .sort((a, b) => a.label.localeCompare(b.label, "en")),
];

/** Action and days, kept in the address: a plain form, which says what it means before the page has come to life too. */
export function FilterForm({ path, state }: { path: string; state: LogState }) {
  const { navigate } = useNavigation();
  const timeZone = useTimeZone();
  const form = useRef<HTMLFormElement>(null);
  const { group, actor, action = "", token, from, to, zone = "UTC" } = state;
  const actionField = useFollowedValue<HTMLSelectElement>(action);

  function apply() {
    const entered = new FormData(form.current ?? undefined);
    const text = (name: string) => String(entered.get(name) ?? "");
    navigate(logHref(path, state, { action: text("action"), from: text("from"), to: text("to"), zone: timeZone }));
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    apply();
  }

  return (
    <Toolbar label="Filter the audit log">
      <form ref={form} action={path} onSubmit={submit} className="flex flex-wrap items-center gap-x-3 gap-y-2">
        {group && <input type="hidden" name="group" value={group} />}
        {actor && <input type="hidden" name="actor" value={actor} />}
        {token && <input type="hidden" name="token" value={token} />}
        <input type="hidden" name="zone" value={timeZone} />
        <Select
          ref={actionField}
          aria-label="Action"
          name="action"
          options={options}
          defaultValue={action}
          onChange={apply}
          className="max-w-full"
        />
        <DateFilter label="From" name="from" value={from} />
        <DateFilter label="To" name="to" value={to} />
        <Button type="submit">Apply</Button>
        {(from || to) && zone !== timeZone && <span className="text-small text-muted">Days in {zone}.</span>}
      </form>
    </Toolbar>
  );
}
