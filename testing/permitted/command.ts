import type { Actor } from "@/lib/auth/actor";
import type { Act } from "@/testing/permissions/permission-table";

/**
 * A command or query by its name, and what it counts as in the permission table. `prepare` makes, as an admin of the
 * place, what it is about, and answers how an actor does it.
 */
export type Permitted<Place> = {
  name: string;
  act: Act;
  prepare: (place: Place) => Promise<(actor: Actor) => Promise<unknown>>;
};
