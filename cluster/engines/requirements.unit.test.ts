import { expect, test } from "vitest";
import { findPrograms, MissingProgramsError } from "./requirements";

test.runIf(process.platform === "linux")("missing programs are named with the packages that have them", () => {
  const find = () => findPrograms({ folders: ["/nowhere"], postgresVersions: "/nowhere" });
  expect(find).toThrow(MissingProgramsError);
  expect(find).toThrow("apt-get install postgresql patroni etcd-server haproxy");
});
