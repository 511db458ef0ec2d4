import { asRefusal } from "@/db/session/open-session";
import type { Settings } from "@/lib/env";
import type { InspectedDatabase } from "./database/inspected-database";
import type { Finding } from "./finding";

/** What the checks look at. */
export type Inspection = {
  /** As the process was given it, completed by `.env` and the files of secrets. */
  env: Record<string, string | undefined>;
  /** What was wrong with these files, a line each. */
  fileProblems: string[];
  /** The valid settings; with the embedded database also the secrets that it keeps. */
  settings: Settings;
  /** Undefined if there is none yet. Rejects with a SettingsError if it can't be used. */
  database: Promise<InspectedDatabase | undefined>;
};

export type Check = {
  subject: string;
  /** Whether a start makes this check, too: it is quick, and the start does not make it anyway. */
  isAtStart: boolean;
  look: (inspection: Inspection) => Finding[] | Promise<Finding[]>;
};

type LookAtDatabase = (database: InspectedDatabase, settings: Settings) => Promise<Finding[]>;

/** Looks at a database that can be used. If it can't, the check of the connection says so. */
export function ofDatabase(look: LookAtDatabase): Check["look"] {
  return async ({ database, settings }) => {
    const inspected = await database.catch(() => undefined);
    if (!inspected) return [];
    try {
      return await inspected.inTurn(() => look(inspected, settings));
    } catch (error) {
      throw asRefusal(error, inspected.address.setting);
    }
  };
}

/** The same, if our tables are there. */
export function ofTables(look: LookAtDatabase): Check["look"] {
  return ofDatabase(async (database, settings) => (database.isMigrated ? look(database, settings) : []));
}
