/** The digest by which the error page recognizes an unreachable database: Next sends nothing else of an error. */
export const databaseAway = "database-away";
