import type { Binaries } from "./binaries";
import type { Home } from "./home";

/** One database server: its files, its programs, and how to sign in to it. */
export type Cluster = { home: Home; binaries: Binaries; password: string; settings: Record<string, string> };
