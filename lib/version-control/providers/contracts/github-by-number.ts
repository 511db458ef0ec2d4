import type { operations } from "./github";

type ByNumber<O extends { parameters: { path: object } }, More = unknown> = Omit<O, "parameters"> & {
  parameters: Omit<O["parameters"], "path"> & {
    path: { collection: "repositories" | "organizations"; id: string } & More;
  };
};

/** What GitHub's description leaves out: where its redirects lead after a rename, the same operations by number. */
export interface NumberedPaths {
  "/{collection}/{id}": { get: ByNumber<operations["repos/get"]> };
  "/{collection}/{id}/actions/runners": { get: ByNumber<operations["actions/list-self-hosted-runners-for-repo"]> };
  "/{collection}/{id}/actions/runners/{runner_id}": {
    delete: ByNumber<operations["actions/delete-self-hosted-runner-from-repo"], { runner_id: number }>;
  };
}
