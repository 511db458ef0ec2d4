"use client";

import { type SubmitEvent, useRef, useState } from "react";
import { listHref } from "@/app/_parts/paths";
import { Button } from "@/components/ui/button";
import { count } from "@/lib/format";
import type { LogState } from "./log-href";

/** The server's message, if it answered no file. */
class ExportRefused extends Error {
  override readonly name = "ExportRefused";
}

/**
 * Downloads the file and returns how many events it contains. The browser keeps the parts as a Blob, on disk if it is
 * large, so that the script's memory holds only one part.
 */
async function saveExport(address: string, signal: AbortSignal, onProgress: (events: number) => void): Promise<number> {
  const answer = await fetch(address, { method: "POST", signal });
  if (!answer.ok || !answer.body) throw new ExportRefused((await answer.text()) || "The export was refused.");
  // The first line of a CSV file holds the names of its columns.
  let events = isCsv(answer) ? -1 : 0;
  const counted = answer.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        events += linesIn(piece);
        onProgress(Math.max(0, events));
        controller.enqueue(piece);
      },
    }),
  );
  const file = await new Response(counted, { headers: { "content-type": contentType(answer) } }).blob();
  save(file, nameIn(answer));
  return events;
}

function linesIn(piece: Uint8Array): number {
  let found = 0;
  for (const byte of piece) if (byte === 10) found += 1;
  return found;
}

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  // The browser has read the Blob by then. It reports no event for that.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

function nameIn(answer: Response): string {
  return /filename="([^"]+)"/.exec(answer.headers.get("content-disposition") ?? "")?.[1] ?? "audit-log";
}

function isCsv(answer: Response): boolean {
  return contentType(answer).startsWith("text/csv");
}

function contentType(answer: Response): string {
  return answer.headers.get("content-type") ?? "";
}

type ExportState =
  | { status: "idle" }
  | { status: "running"; events: number }
  | { status: "done"; events: number }
  | { status: "failed"; message: string };

/** Milliseconds between updates of the progress, which screen readers announce. */
const between = 500;

/** One export at a time. It continues when the person opens another page of this site. */
function useExport() {
  const [progress, setProgress] = useState<ExportState>({ status: "idle" });
  const running = useRef<AbortController>(null);

  async function start(address: string) {
    const abort = new AbortController();
    running.current = abort;
    setProgress({ status: "running", events: 0 });
    let shownAt = performance.now();
    try {
      const events = await saveExport(address, abort.signal, (so) => {
        if (performance.now() - shownAt < between) return;
        shownAt = performance.now();
        setProgress({ status: "running", events: so });
      });
      setProgress({ status: "done", events });
    } catch (error) {
      setProgress(abort.signal.aborted ? { status: "idle" } : { status: "failed", message: messageOf(error) });
    }
  }

  return { progress, start, cancel: () => running.current?.abort() };
}

function messageOf(error: unknown): string {
  if (error instanceof Error && error.name === "ExportRefused") return error.message;
  return "The export broke off, and nothing was saved. Try again.";
}

const formats = [
  { format: "csv", label: "Export CSV" },
  { format: "jsonl", label: "Export JSON Lines" },
];

/** Exports the filtered events and shows the progress. Before hydration the buttons start a plain download. */
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
