import { spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { sharedCases } from "@/testing/shared-cases";
import { variableName } from "./name";
import { reasonAgainst, warningAbout } from "./reserved-names";

const cases = sharedCases("env_name");

describe("the name of an environment variable", () => {
  it.runIf(cases.length > 0)("gets the expected result in each shared case", () => {
    for (const { value, expect: expected, why } of cases) {
      expect(variableName.safeParse(value).success ? "accept" : "reject", why).toBe(expected);
    }
  });

  it("may have 255 characters: letters of either case, digits and underscores", () => {
    for (const name of ["A", "a1_", "_".repeat(2), `A${"b".repeat(254)}`]) expect(variableName.parse(name)).toBe(name);
  });

  it.each(["", "1A", "A-B", "A B", "A=B", "É", "A\n", "\nA", `A${"b".repeat(255)}`, undefined, 1])(
    "is refused for %j",
    (name) => {
      expect(variableName.safeParse(name).success).toBe(false);
    },
  );

  it("is refused with the reason if it is reserved", () => {
    const { error } = variableName.safeParse("LD_PRELOAD");
    expect(error?.issues.map(({ message }) => message)).toEqual([
      "LD_PRELOAD is reserved: the loader takes libraries or settings for every program from it.",
    ]);
  });

  it.each(["PATH", "Path", "VEHAAS_TOKEN", "vehaas_url", "DYLD_INSERT_LIBRARIES", "BASH_FUNC_ls", "npm_config_prefix"])(
    "is refused for %s, in any case",
    (name) => {
      expect(reasonAgainst(name)).toMatch(/^[a-zA-Z].*\.$/);
    },
  );

  it.each([
    "COMPILER_PATH",
    "GCC_EXEC_PREFIX",
    "EXECSHELL",
    "CCACHE_PREFIX_CPP",
    "CMAKE_CXX_COMPILER_LAUNCHER",
    "CARGO_BUILD_RUSTC_WORKSPACE_WRAPPER",
    "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_RUNNER",
    "CARGO_TARGET_X86_64_UNKNOWN_LINUX_GNU_LINKER",
    "npm_config_node_gyp",
    "NPM_CONFIG_PYTHON",
    "RUBYGEMS_GEMDEPS",
    "IRBRC",
    "R_LIBS_SITE",
    "IPYTHONDIR",
    "JAVACMD",
    "GRADLE_USER_HOME",
    "IBM_JAVA_OPTIONS",
    "OPENJ9_JAVA_OPTIONS",
    "DOTNET_ROOT_X64",
    "HGMERGE",
    "BC_ENV_ARGS",
    "GIO_MODULE_DIR",
    "KRB5_CONFIG",
    "KRB5_KTNAME",
    "AUTHSTATE",
    "COMP_WORDBREAKS",
    "terminfo",
  ])("is refused for %s, which executes programs", (name) => {
    expect(reasonAgainst(name)).toMatch(/^[a-zA-Z].*\.$/);
  });

  it.each(["GOROOT", "CARGO_HOME"])("is not called a command for %s", (name) => {
    expect(reasonAgainst(name)).toBe("build tools and package managers take programs, options or settings from it.");
  });

  it.each([
    "COMP_ID",
    "COMP_NAME",
    "user",
    "mail",
    "lines",
    "groups",
    "editor",
    "env",
    "shell",
    "CMAKE_COMPILER",
    "CARGO_TARGET_DIR",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_SECRET_ACCESS_KEY",
    "STATUS",
    "OPTIONS",
    "LD",
    "LDFLAGS",
    "MY_PATH",
    "HOMEPAGE",
    "ENVIRONMENT",
    "GITHUB_TOKEN",
    "PYTHONUNBUFFERED",
  ])("is accepted for %s", (name) => {
    expect(reasonAgainst(name)).toBeUndefined();
  });

  it("has a warning only if it is allowed and surprising", () => {
    expect(warningAbout("https_proxy")).toBe("Programs send their traffic through the proxy that it names.");
    expect(warningAbout("_")).toContain("Shells set it anew");
    const files = ["KUBECONFIG", "AWS_CONFIG_FILE", "PIP_CONFIG_FILE", "PIP_INDEX_URL", "npm_config_registry"];
    const paths = ["LIBRARY_PATH", "CPATH", "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "OBJC_INCLUDE_PATH"];
    for (const name of [...files, ...paths]) {
      expect(reasonAgainst(name), name).toBeUndefined();
      expect(warningAbout(name), name).toMatch(/execute/);
    }
    for (const name of ["DATABASE_URL", "AWS_SHARED_CREDENTIALS_FILE", "temp", "lang"]) {
      expect(warningAbout(name)).toBeUndefined();
    }
  });
});

/** Names that the shell reports as its own: read-only, calculated, or not plain text. */
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

describe.each(Object.entries(special))("the variables of %s", (shell, args) => {
  const { stdout, error } = spawnSync(shell, args, { encoding: "utf8", env: { ...process.env, BASH_ENV: "" } });

  it.skipIf(error)("are refused, or have a warning if they can't execute anything", () => {
    const names = stdout.split("\n").filter((name) => /^[A-Za-z_]/.test(name));
    expect(names.length).toBeGreaterThan(5);
    const open = names.filter((name) => !reasonAgainst(name));
    expect(open.filter((name) => !merelySurprising.has(name))).toEqual([]);
    expect(open.filter((name) => !warningAbout(name))).toEqual([]);
  });
});
