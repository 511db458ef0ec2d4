import { expect, onTestFinished, test, vi } from "vitest";
import { readSettings } from "@/lib/env";
import { environmentWith, query } from "@/testing/database/logins";
import { startBareServer } from "@/testing/database/own-server";
import { logged } from "@/testing/logged";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

test("the creator of the application's role can take it on, although PostgreSQL only lets it administer the role", async () => {
  const server = await startBareServer({ settings: { unix_socket_directories: "/tmp" } });
  onTestFinished(server.stop);
  await query(server.url, "create role owner login createrole password 'secret'");
  await query(server.url, "create database owned owner owner");
  // A socket address has a folder instead of a host.
  const socket = `postgres://owner:secret@/owned?host=/tmp&port=${new URL(server.url).port}`;
  const environment = await environmentWith({ DATABASE_URL: socket, DATABASE_MIGRATION_URL: "" });
  const lines = logged();
  const { openDatabase } = await import("./open-database");
  await openDatabase(readSettings(environment));

  const { pool } = await import("@/db/client");
  expect((await pool.query("select current_user as name")).rows).toEqual([{ name: "vehaas_application" }]);
  await expect(pool.query("delete from audit_events")).rejects.toThrow("permission denied");
  expect(lines.map(({ msg }) => msg)).toEqual([expect.stringMatching(/^the service connects as the owner/)]);

  // The pool must fail, not act as the owner, after the role was revoked.
  await query(server.url, "revoke vehaas_application from owner cascade");
  await Promise.all(Array.from({ length: pool.totalCount }, () => pool.query("select 1 / 0").catch(() => {})));
  const { isUnavailable } = await import("@/lib/unavailable");
  const refused = await pool.query("select current_user").catch((error) => error);
  expect(isUnavailable(refused)).toBe(true);
});
