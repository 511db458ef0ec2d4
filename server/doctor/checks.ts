import { clock } from "./database/clock";
import { connection } from "./database/connection";
import { connections } from "./database/connections";
import { extension } from "./database/extension";
import { jobQueue } from "./database/job-queue";
import { login } from "./database/login";
import { migrations } from "./database/migrations";
import { replication } from "./database/replication";
import { rights } from "./database/rights";
import { sessionSettings } from "./database/session-settings";
import { type Check, ofDatabase, ofTables } from "./inspection";
import { keys } from "./keys";
import { identityProvider } from "./others/identity-provider";
import { mailServer } from "./others/mail-server";
import { providers } from "./others/providers";
import { secretFiles } from "./settings/secret-files";
import { unknownNames } from "./settings/unknown-names";
import { combinations, validSettings } from "./settings/values";

/** Every check, in the order of the report. A new one is a file beside these, and an entry here. */
export const checks: readonly Check[] = [
  { subject: "settings", isAtStart: false, look: ({ env }) => validSettings(env) },
  { subject: "names of settings", isAtStart: true, look: ({ env }) => unknownNames(env) },
  { subject: "settings together", isAtStart: true, look: combinations },
  { subject: "files of secrets", isAtStart: true, look: secretFiles },
  { subject: "database connection", isAtStart: false, look: connection },
  { subject: "database login", isAtStart: false, look: ofTables(login) },
  { subject: "database rights", isAtStart: false, look: ofTables(rights) },
  { subject: "database session", isAtStart: true, look: ofDatabase(sessionSettings) },
  { subject: "database extension", isAtStart: false, look: ofDatabase(extension) },
  { subject: "database replication", isAtStart: true, look: ofDatabase(replication) },
  { subject: "database connections", isAtStart: true, look: ofDatabase(connections) },
  { subject: "clock", isAtStart: true, look: ofDatabase((database) => clock(database)) },
  { subject: "database migrations", isAtStart: false, look: ofDatabase(migrations) },
  { subject: "job queue", isAtStart: false, look: ofTables(jobQueue) },
  { subject: "encryption keys", isAtStart: false, look: ofTables(keys) },
  { subject: "identity provider", isAtStart: false, look: identityProvider },
  { subject: "mail server", isAtStart: false, look: mailServer },
  { subject: "providers", isAtStart: false, look: providers },
];
