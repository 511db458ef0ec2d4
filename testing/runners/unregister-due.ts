import { findDueRunners, tryToUnregister } from "@/lib/runners/unregister";

/** Tries once to unregister each due runner, as the background does. Returns how many are gone. */
export async function unregisterDueRunners(): Promise<number> {
  let gone = 0;
  for (const { id } of await findDueRunners()) if ((await tryToUnregister(id)) === "gone") gone++;
  return gone;
}
