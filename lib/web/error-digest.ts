/** All that Next tells the browser of an error: what the error page knows a database that can't be asked by. */
export const databaseAway = "database-away";
