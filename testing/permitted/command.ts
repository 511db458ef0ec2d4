import type { Actor } from "@/lib/auth/actor";
import type { Act } from "@/testing/permissions/permission-table";

/**
 * A command or query, and its act in the permission table. `prepare` creates what it needs as an admin of the place,
 * and returns the call for any actor.
 */
export type Permitted<Place> = {
  name: string;
  act: Act;
  prepare: (place: Place) => Promise<(actor: Actor) => Promise<unknown>>;
};
