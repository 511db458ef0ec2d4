import { useRef, useState } from "react";
import { saveExport } from "./save-export";

export type ExportState =
  | { status: "idle" }
  | { status: "running"; events: number }
  | { status: "done"; events: number }
  | { status: "failed"; message: string };

/** Often enough to be seen moving, seldom enough to be heard. */
const between = 500;

/** One export at a time. It goes on, and is saved, also when the person has gone to another page of ours. */
export function useExport() {
  const [progress, setProgress] = useState<ExportState>({ status: "idle" });
  const running = useRef<AbortController>(null);

  async function start(address: string) {
    const abort = new AbortController();
    running.current = abort;
    setProgress({ status: "running", events: 0 });
    let told = performance.now();
    try {
      const events = await saveExport(address, abort.signal, (so) => {
        if (performance.now() - told < between) return;
        told = performance.now();
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
