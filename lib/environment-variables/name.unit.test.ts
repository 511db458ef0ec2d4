import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { sharedCases } from "@/lib/testing/shared-cases";
import { variableName } from "./name";
import { reasonAgainst, warningAbout } from "./reserved-names";

describe("the name of an environment variable", () => {
  it.each(sharedCases("env_name"))("$expect: $why", ({ value, expect: expected }) => {
    expect(variableName.safeParse(value).success).toBe(expected === "accept");
  });

  it("takes 255 characters, letters of either case, digits and underscores", () => {
    for (const name of ["A", "a1_", "_".repeat(2), `A${"b".repeat(254)}`]) expect(variableName.parse(name)).toBe(name);
  });

  it.each(["", "1A", "A-B", "A B", "A=B", "É", "A\n", "\nA", `A${"b".repeat(255)}`, undefined, 1])(
    "refuses %j",
    (name) => {
      expect(variableName.safeParse(name).success).toBe(false);
    },
  );

  it("says why a name is reserved", () => {
    const { error } = variableName.safeParse("LD_PRELOAD");
    expect(error?.issues.map(({ message }) => message)).toEqual([
      "LD_PRELOAD is reserved: the loader takes libraries or settings for every program from it.",
    ]);
  });

  it.each(["PATH", "Path", "VEHAAS_TOKEN", "vehaas_url", "DYLD_INSERT_LIBRARIES", "BASH_FUNC_ls", "npm_config_prefix"])(
    "refuses %s, in whatever case",
    (name) => {
      expect(reasonAgainst(name)).toMatch(/^[a-zA-Z].*\.$/);
    },
  );

  it.each([
    "STATUS",
    "OPTIONS",
    "LD",
    "LDFLAGS",
    "MY_PATH",
    "HOMEPAGE",
    "ENVIRONMENT",
    "GITHUB_TOKEN",
    "PYTHONUNBUFFERED",
  ])("takes %s", (name) => {
    expect(reasonAgainst(name)).toBeUndefined();
  });

  it("warns of what is allowed and surprises, and of nothing else", () => {
    expect(warningAbout("https_proxy")).toBe("Programs send their traffic through the proxy that it names.");
    expect(warningAbout("_")).toContain("Shells set it anew");
    expect(warningAbout("DATABASE_URL")).toBeUndefined();
  });
});

/** Names that the shell itself says it keeps: read-only, calculated, or more than a text. */
const special: Record<string, string[]> = {
  bash: ["-c", "declare -p | sed -nE 's/^declare -[a-z]*[airA][a-z]* ([A-Za-z_0-9]+).*/\\1/p'"],
  mksh: ["-c", "typeset -p | sed -nE 's/^typeset -[ir].* ([A-Za-z_][A-Za-z_0-9]*)(=.*)?$/\\1/p'"],
  zsh: [
    "-f",
    "-c",
    `for k v in "\${(@kv)parameters}"; do [[ $v == *special* && $k == [A-Za-z_]* ]] && print -r -- $k; done; true`,
  ],
};
const merelySurprising = new Set(["_", "LANG", "TERM"]);

describe.each(Object.entries(special))("what %s keeps for itself", (shell, args) => {
  const { stdout, error } = spawnSync(shell, args, { encoding: "utf8", env: { ...process.env, BASH_ENV: "" } });

  it.skipIf(error)("is refused, or warned of where nothing can be executed by it", () => {
    const names = stdout.split("\n").filter((name) => /^[A-Za-z_]/.test(name));
    expect(names.length).toBeGreaterThan(5);
    const open = names.filter((name) => !reasonAgainst(name));
    expect(open.filter((name) => !merelySurprising.has(name))).toEqual([]);
    expect(open.filter((name) => !warningAbout(name))).toEqual([]);
  });
});
