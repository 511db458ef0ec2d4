import type { GroupRole } from "@/db/enums";

/** An example's access token. Times are days before now; `expires` is days from now, negative for the past. */
export type ExampleToken = {
  name: string;
  description?: string;
  admin?: boolean;
  by?: string;
  created: number;
  expires: number;
  /** Left out if it was never used. */
  used?: number;
  revoked?: number;
  /** Whether a rotation is pending. */
  rotated?: boolean;
  variables?: Record<string, string>;
  access?: ExampleAccess;
  pipeline?: ExamplePipeline;
};

/** Jobs of a project's branch `main`. `used` is days before now, `refused` a branch whose job was refused an hour ago. */
export type ExamplePipeline = { project: string; projectId: string; used?: number; refused?: string };

/** No provider is asked: these hosts don't exist. */
export type ExampleAccess = {
  providerType: "gitlab" | "github";
  providerUrl: string;
  targetId: string;
  failed?: { code: string; message: string };
  expires?: number;
};

export const examplePeople: { name: string; email: string; role: GroupRole }[] = [
  { name: "Alice Braun", email: "alice.braun@example.com", role: "group_user" },
  { name: "Chen Wei", email: "chen.wei@example.com", role: "group_admin" },
  { name: "Émile Laurent", email: "emile.laurent@example.com", role: "group_user" },
  { name: "Jürgen Groß", email: "juergen.gross@example.com", role: "group_user" },
  { name: "Priya Nair", email: "priya.nair@example.com", role: "group_user" },
  { name: "Samira Haddad", email: "samira.haddad@example.com", role: "group_user" },
];

const chen = "chen.wei@example.com";
export const gitlab = { providerType: "gitlab", providerUrl: "https://gitlab.example.com" } as const;
const rejected = {
  code: "credential_rejected",
  message: "GitHub refuses this token: it has expired or was revoked. Replace it.",
};
const bench = { BENCH_LOG_LEVEL: "info", ARTIFACT_STORE: "https://artifacts.example.com/powertrain" };

export const exampleTokens: ExampleToken[] = [
  {
    name: "hil-bench-07",
    description: "Runs the nightly regression of the inverter firmware on bench 7",
    created: 74,
    expires: 106,
    used: 0.01,
    variables: { ...bench, BENCH: "07", FLASH_TOOL_ARGS: "--verify\n--retries=3" },
    access: { ...gitlab, targetId: "powertrain/inverter", expires: 106 },
    pipeline: { project: "powertrain/inverter", projectId: "4711", used: 0.004, refused: "feature/bench-logs" },
  },
  {
    name: "hil-bench-08",
    created: 74,
    expires: 106,
    used: 0.02,
    rotated: true,
    variables: { ...bench, BENCH: "08" },
  },
  { name: "hil-bench-09", created: 74, expires: 5, used: 0.4, variables: { ...bench, BENCH: "09" } },
  { name: "hil-bench-10", created: 73, expires: 105, used: 1.2 },
  { name: "hil-bench-11 (spare)", created: 73, expires: 105 },
  {
    name: "nightly-regression",
    description: "GitLab pipeline powertrain/nightly",
    admin: true,
    created: 160,
    expires: 20,
    used: 0.3,
    access: { ...gitlab, targetId: "powertrain/nightly", expires: 9 },
    pipeline: { project: "powertrain/nightly", projectId: "4720" },
  },
  { name: "release-gate", admin: true, by: chen, created: 41, expires: 139, used: 2.5 },
  { name: "ci-runner-inverter", by: chen, created: 88, expires: 92, used: 0.05 },
  { name: "ci-runner-gearbox", by: chen, created: 88, expires: 92, used: 0.08 },
  { name: "ci-runner-battery", by: chen, created: 30, expires: 60, used: 0.1 },
  {
    name: "firmware-signing",
    description: "Signs release candidates; ask Chen Wei before revoking",
    admin: true,
    by: chen,
    created: 290,
    expires: 70,
    used: 120,
  },
  { name: "calibration-sync", created: 25, expires: 65, used: 0.9 },
  { name: "dyno-scheduler", created: 120, expires: 2, used: 0.2 },
  { name: "dyno-scheduler-staging", created: 119, expires: 61, used: 44 },
  { name: "smoke-test", created: 12, expires: 18, used: 0.02 },
  { name: "endurance-rig", created: 200, expires: 160, used: 36, variables: { RIG: "E-3" } },
  { name: "thermal-chamber", created: 65, expires: 25, used: 6 },
  { name: "log-exporter", created: 48, expires: 42, used: 0.04 },
  { name: "dashboard", created: 48, expires: 42, used: 0.02 },
  {
    name: "github-mirror",
    created: 95,
    expires: 85,
    used: 4,
    access: {
      providerType: "github",
      providerUrl: "https://github.example.com",
      targetId: "powertrain",
      failed: rejected,
    },
  },
  {
    name: "supplier-portal",
    description: "For the gearbox supplier until the end of the year",
    created: 18,
    expires: 31,
    used: 3,
  },
  { name: "load-test", created: 9, expires: 6, used: 8 },
  { name: "prototype-vm", created: 3, expires: 27 },
  { name: "sandbox-emile", created: 1, expires: 29, used: 0.6 },
  { name: "hil-bench-03", created: 210, expires: 40, used: 33, revoked: 32 },
  { name: "old-jenkins", admin: true, created: 330, expires: 35, used: 60, revoked: 58 },
  { name: "intern-2026", by: chen, created: 100, expires: 10, used: 21, revoked: 20 },
  { name: "hackathon", created: 40, expires: -10, used: 11 },
  { name: "trade-fair-demo", created: 95, expires: -5, used: 6 },
  { name: "field-trial-norway", created: 180, expires: -60, used: 62 },
  { name: "migration-2025", admin: true, created: 300, expires: -120, used: 140, revoked: 130 },
];
