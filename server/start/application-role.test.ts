import { expect, onTestFinished, test, vi } from "vitest";
import { readSettings } from "@/lib/env";
import { environmentWith, query } from "@/testing/database/logins";
import { startBareServer } from "@/testing/database/own-server";
import { logged } from "@/testing/logged";

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

test("who makes the application's role takes it on, although PostgreSQL lets them only administer it", async () => {
  const server = await startBareServer({ settings: { unix_socket_directories: "/tmp" } });
  onTestFinished(server.stop);
  await query(server.url, "create role owner login createrole password 'secret'");
  await query(server.url, "create database owned owner owner");
  // By a socket, which has a folder in place of a host.
  const socket = `postgres://owner:secret@/owned?host=/tmp&port=${new URL(server.url).port}`;
  const environment = await environmentWith({ DATABASE_URL: socket, DATABASE_MIGRATION_URL: "" });
  const lines = logged();
  const { openDatabase } = await import("./open-database");
  await openDatabase(readSettings(environment));

  const { pool } = await import("@/db/client");
  expect((await pool.query("select current_user as name")).rows).toEqual([{ name: "vehaas_application" }]);
  await expect(pool.query("delete from audit_events")).rejects.toThrow("permission denied");
  expect(lines.map(({ msg }) => msg)).toEqual([expect.stringMatching(/^the service connects as the owner/)]);

  // A role that was taken away is no reason to act as the owner.
  await query(server.url, "revoke vehaas_application from owner cascade");
  await Promise.all(Array.from({ length: pool.totalCount }, () => pool.query("select 1 / 0").catch(() => {})));
  const { isUnavailable } = await import("@/lib/unavailable");
  const refused = await pool.query("select current_user").catch((error) => error);
  expect(isUnavailable(refused)).toBe(true);
});
