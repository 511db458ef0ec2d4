import { processWide } from "./process-wide";

/**
 * Registers work that the server runs every second and once more, or `atStop`, at its stop, and never twice at the same
 * time. If it fails, the log says that `name` failed. Nothing runs it where no server was started: tests call the work
 * itself.
 */
export function everySecond(name: string, run: () => Promise<void>, atStop = run): void {
  processWide.everySecond.add({ name, run, atStop });
}
