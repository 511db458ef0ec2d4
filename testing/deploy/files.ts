import { readFileSync } from "node:fs";
import { parse, parseAllDocuments } from "yaml";
import { z } from "zod";

/** The files with which operators deploy the service. */
export const files = {
  containerfile: "Containerfile",
  compose: "deploy/compose.yaml",
  kubernetes: "deploy/kubernetes/vehaas-access-tokens.yaml",
  unit: "deploy/systemd/vehaas-access-tokens.service",
};

const read = (file: string) => readFileSync(file, "utf8");

const composeService = z.object({
  image: z.string(),
  environment: z.record(z.string(), z.string()).default({}),
  secrets: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  stop_grace_period: z.string().optional(),
  read_only: z.boolean().optional(),
});

export const compose = z
  .object({ services: z.record(z.string(), composeService), secrets: z.record(z.string(), z.unknown()) })
  .parse(parse(read(files.compose)));

/** The service itself, among those of Compose, as where Compose is started without variables. */
export const composeApp = composeService.parse(
  JSON.parse(JSON.stringify(compose.services.app).replaceAll(/\$\{\w+:-([^}]*)\}/g, "$1")),
);

export const kubernetesObjects = parseAllDocuments(read(files.kubernetes)).map((document) =>
  z.looseObject({ kind: z.string() }).parse(document.toJS()),
);

const probe = z.object({
  httpGet: z.object({ path: z.string(), port: z.string() }),
  periodSeconds: z.number(),
  failureThreshold: z.number().default(3),
});
const container = z.object({
  image: z.string(),
  env: z.array(z.object({ name: z.string(), value: z.string() })),
  ports: z.array(z.object({ name: z.string(), containerPort: z.number() })),
  startupProbe: probe,
  livenessProbe: probe,
  readinessProbe: probe,
  volumeMounts: z.array(z.object({ mountPath: z.string() })),
});
const labels = z.record(z.string(), z.string());
const deployment = z.object({
  spec: z.object({
    replicas: z.number(),
    progressDeadlineSeconds: z.number(),
    selector: z.object({ matchLabels: labels }),
    template: z.object({
      metadata: z.object({ labels, annotations: labels }),
      spec: z.object({ terminationGracePeriodSeconds: z.number(), containers: z.tuple([container]) }),
    }),
  }),
});

export const { spec: kubernetesDeployment } = deployment.parse(kubernetesObject("Deployment"));

/** The only object of this kind. */
export function kubernetesObject(kind: string): object {
  const [found, ...others] = kubernetesObjects.filter((object) => object.kind === kind);
  if (!found || others.length > 0) throw new Error(`there must be one ${kind}`);
  return found;
}

/** The values of a directive of the systemd unit, such as of each `Environment=`. */
export function unitValues(directive: string): string[] {
  return [...read(files.unit).matchAll(new RegExp(`^${directive}=(.*)$`, "gm"))].map(([, value]) => value ?? "");
}

/** The values of an instruction of the Containerfile, such as of each `ENV`. */
export function instructions(name: string): string[] {
  return [...read(files.containerfile).matchAll(new RegExp(`^${name} (.*)$`, "gm"))].map(([, value]) => value ?? "");
}

/** `A=1 B=2` as a record. */
export function pairsIn(texts: string[]): Record<string, string> {
  const pairs = texts
    .flatMap((text) => text.split(" "))
    .map((pair) => [pair.split("=")[0], pair.replace(/^[^=]*=/, "")]);
  return Object.fromEntries(pairs);
}
