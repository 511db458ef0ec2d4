"use client";

import { type FormEvent, useEffect, useRef } from "react";
import { useTimeZone } from "@/components/time";
import { Button } from "@/components/ui/button";
import { controlClass } from "@/components/ui/control-class";
import { cx } from "@/components/ui/cx";
import { HiddenFields } from "@/components/ui/field";
import { useNavigation } from "@/components/ui/navigation-area";
import { Select } from "@/components/ui/select";
import { Toolbar } from "@/components/ui/table-parts";
import { auditActions } from "@/lib/audit/actions";
import { actionLabels } from "./labels";
import { type LogState, logHref } from "./log-href";

/** For a field that keeps input from before hydration, and follows changes of the URL (Back, "Clear filters"). */
function useFollowedValue<E extends HTMLInputElement | HTMLSelectElement>(value: string) {
  const field = useRef<E>(null);
  const shown = useRef(value);
  useEffect(() => {
    if (field.current && shown.current !== value) field.current.value = value;
    shown.current = value;
  }, [value]);
  return field;
}

type DateFilterProps = { label: string; name: string; value?: string };

function DateFilter({ label, name, value = "" }: DateFilterProps) {
  const field = useFollowedValue<HTMLInputElement>(value);

  return (
    <label className="flex items-center gap-2 text-small text-muted">
      {label}
      <input
        ref={field}
        type="date"
        name={name}
        min="1000-01-01"
        max="9998-12-31"
        defaultValue={value}
        className={cx(controlClass, "w-auto")}
      />
    </label>
  );
}

const options = [
  { value: "", label: "All actions" },
  ...auditActions
    .map((value) => ({ value, label: actionLabels[value] ?? value }))
    .sort((a, b) => a.label.localeCompare(b.label, "en")),
];

/** Filters by action and days. The URL holds their state. The form also works before hydration. */
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
        <HiddenFields fields={{ group, actor, token, zone: timeZone }} />
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
