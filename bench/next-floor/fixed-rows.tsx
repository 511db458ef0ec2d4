import { headers } from "next/headers";
import { FixedTable } from "./fixed-table";
import "@/app/globals.css";

const now = new Date("2026-11-24T12:00:00Z");
const rows = Array.from({ length: 20 }, (_, index) => ({
  id: `tok_0000000064ebd41a0e6546${4000 + index}`,
  name: `nightly-${index}`,
  retiringSuffix: null,
  isLeaked: false,
  tokenSuffix: String(4000 + index),
  status: "active" as const,
  role: "group_user" as const,
  createdAt: new Date("2026-08-24T12:00:00Z"),
  expiresAt: new Date("2028-02-24T12:00:00Z"),
  lastUsedAt: new Date("2026-09-24T12:00:00Z"),
  username: `nightly-${index}-0e654642`,
  createdBy: "Grace Admin",
}));
const path = "/groups/grp_01m8h1e0cqfvprtpx42wx09adf/access-tokens";
const state = {
  search: undefined,
  status: undefined,
  expires: undefined,
  used: undefined,
  created_by: undefined,
  sort: undefined,
  cursor: undefined,
  first: undefined,
};

/** Only the twenty rows. Reading a header keeps Next from rendering them at build time. */
export default async function FixedRows() {
  await headers();
  return (
    <FixedTable
      path={path}
      scope={{ groupId: "grp_01m8h1e0cqfvprtpx42wx09adf" }}
      state={state}
      tokens={rows}
      mayManage
      now={now}
    />
  );
}
