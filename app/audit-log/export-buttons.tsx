"use client";

import type { SubmitEvent } from "react";
import { listHref } from "@/app/access-tokens/list-href";
import { Button } from "@/components/ui/button";
import { count } from "@/lib/format";
import type { LogState } from "./log-href";
import { type ExportState, useExport } from "./use-export";

const formats = [
  { format: "csv", label: "Export CSV" },
  { format: "jsonl", label: "Export JSON Lines" },
];

/** Downloads what is filtered, and tells how far it is. Before the page has come to life it is a plain download. */
export function ExportButtons({ path, state }: { path: string; state: LogState }) {
  const { progress, start, cancel } = useExport();
  const running = progress.status === "running";

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const { submitter } = event.nativeEvent;
    if (submitter instanceof HTMLButtonElement && !running) start(submitter.formAction);
  }

  return (
    <form method="post" onSubmit={submit} className="flex flex-wrap items-center justify-end gap-2">
      <p role="status" className="text-small text-muted tabular-nums empty:sr-only">
        {sentence(progress)}
      </p>
      {running && <Button onClick={cancel}>Cancel</Button>}
      {formats.map(({ format, label }) => (
        <Button key={format} type="submit" formAction={listHref(path, { ...state, format })} pending={running}>
          {label}
        </Button>
      ))}
    </form>
  );
}

function sentence(progress: ExportState): string {
  switch (progress.status) {
    case "idle":
      return "";
    case "running":
      return `Exporting… ${count(progress.events, "event")} so far.`;
    case "done":
      return `Exported ${count(progress.events, "event")}.`;
    case "failed":
      return progress.message;
  }
}
