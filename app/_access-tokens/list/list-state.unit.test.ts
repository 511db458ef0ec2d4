import { expect, test } from "vitest";
import { refusal } from "@/testing/refusal";
import { listQuery, readListState, wholeListQuery } from "./list-state";

test("what a page shows is selected by the same query for a change of all", async () => {
  const url = { search: " ci ", status: "revoked", expires: "soon", used: "never", created_by: "usr_1", sort: "name" };
  const { cursor, first, ...state } = await readListState(Promise.resolve(url));
  expect(wholeListQuery(JSON.parse(JSON.stringify(state)))).toEqual(listQuery.parse(url));
  expect(wholeListQuery({})).toEqual(listQuery.parse({}));
});

test.each([{ status: "unknown" }, { used: "not-for-90-days" }, { policy: "unmet" }, { search: "x".repeat(256) }])(
  "the filter %j is ignored in a URL, and refused for a change",
  async (state) => {
    expect(listQuery.parse(state)).toEqual(listQuery.parse({}));
    expect(await refusal(Promise.resolve().then(() => wholeListQuery(state)))).toMatchObject({ code: "malformed" });
  },
);
