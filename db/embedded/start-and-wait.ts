// Run by tests in another process: starts the server, prints its URL, and waits to be killed.
import { startEmbeddedPostgres } from "./embedded-postgres";

const [options] = process.argv.slice(2);
if (!options) throw new Error("The options are missing.");
startEmbeddedPostgres(JSON.parse(options)).then(({ url }) => process.stdout.write(`${url}\n`));
setInterval(() => {}, 60_000);
