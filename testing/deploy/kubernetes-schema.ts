import { validate as validateDeployment } from "kubernetes-models/_schemas/IoK8sApiAppsV1Deployment";
import { validate as validateService } from "kubernetes-models/_schemas/IoK8sApiCoreV1Service";
import { validate as validateNetworkPolicy } from "kubernetes-models/_schemas/IoK8sApiNetworkingV1NetworkPolicy";
import { validate as validateDisruptionBudget } from "kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget";
import { z } from "zod";

/** The validators say what they found as ajv's do, in a property of theirs that their types don't have. */
const found = z.array(z.object({ instancePath: z.string(), keyword: z.string() })).nullable();
const validators = [validateDeployment, validateService, validateNetworkPolicy, validateDisruptionBudget];
const kinds = ["Deployment", "Service", "NetworkPolicy", "PodDisruptionBudget"];

/**
 * What Kubernetes' schemas find wrong with the object, and its fields that they don't have: the API server drops such a
 * field, or refuses the object.
 */
export function schemaProblems(kind: string, object: object): string[] {
  const validate = validators[kinds.indexOf(kind)];
  if (!validate) return [`no schema for ${kind}`];
  const read = new Set<string>();
  validate(noting(object, "", read));
  if (!("errors" in validate)) throw new Error("the validator does not say what it found");
  const wrong = (found.parse(validate.errors) ?? []).map(({ instancePath, keyword }) => `${instancePath}: ${keyword}`);
  const unknown = pathsIn(object).filter((path) => !read.has(path));
  return [...wrong, ...unknown.map((path) => `${path} is not in the schema`)];
}

/** The validators pass over fields that they don't know, so the paths that they read are noted. */
function noting<T extends object>(value: T, path: string, read: Set<string>): T {
  return new Proxy(value, {
    get: (target, key) => {
      const inner: unknown = Reflect.get(target, key);
      if (typeof key === "symbol" || !Object.hasOwn(target, key)) return inner;
      read.add(`${path}/${key}`);
      return typeof inner === "object" && inner !== null ? noting(inner, `${path}/${key}`, read) : inner;
    },
  });
}

function pathsIn(value: object, path = ""): string[] {
  return Object.entries(value).flatMap(([key, inner]) => [
    `${path}/${key}`,
    ...(typeof inner === "object" && inner !== null ? pathsIn(inner, `${path}/${key}`) : []),
  ]);
}
