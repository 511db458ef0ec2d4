import { existsSync } from "node:fs";

// Before anything reads the environment, and all of it: Next would load the file later, and half of it too late.
if (existsSync(".env")) process.loadEnvFile(".env");
