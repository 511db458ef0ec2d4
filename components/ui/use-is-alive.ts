import { useSyncExternalStore } from "react";

/** False in the server's HTML and while the browser takes it over, then true. */
export function useIsAlive(): boolean {
  return useSyncExternalStore(never, yes, no);
}

const never = () => () => {};
const yes = () => true;
const no = () => false;
