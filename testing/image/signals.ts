import { constants } from "node:os";

/** Whether the process of this /proc/…/status has a handler for the signal. */
export function catches(status: string, signal: NodeJS.Signals): boolean {
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (!caught) throw new Error("there is no line SigCgt");
  return (BigInt(`0x${caught}`) & (1n << BigInt(constants.signals[signal] - 1))) !== 0n;
}
