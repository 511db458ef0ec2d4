import { expect, test } from "vitest";
import { addressProblem } from "./address";

test.each([
  "postgres://user:password@host:5432/name",
  "postgresql://user@host/name",
  "postgres:///name",
  "postgres://user@/name?host=/run/postgresql",
  "postgres://user:p%40ss@/name?host=/run/postgresql&port=5433",
  "postgres://%2Frun%2Fpostgresql/name",
  "postgres://user:password@[2001:db8::1]:5432/name",
  "postgres://user:100%@host/name",
  "postgres://user:a,b@host/name",
  "postgres://user:password@host/name?options=-c%20statement_timeout%3D0&application_name=ours",
  "postgres://user:password@host/name?sslmode=verify-full",
])("%s is accepted", (address) => {
  expect(addressProblem(address)).toBeUndefined();
});

test.each([
  ["mysql://host/name", "must be an address such as"],
  ["host.example.com", "must be an address such as"],
  ["postgres://user:hidden-word@host:99999/name", "must be an address such as"],
  ["postgres://user:hidden-word@host/name?port=abc", "must be an address such as"],
  ["postgres://user:hidden-word@one:5432,two:5432/name", "names several hosts"],
  ["postgres://user:hidden-word@one,two/name", "names several hosts"],
  ["postgres://one,two/name", "names several hosts"],
  ["postgres:///name?host=one,two", "names several hosts"],
  ["postgres://user:hidden-word%E0@host/name", 'has a "%" that encodes nothing'],
  ["postgres://user:hidden#word@host/name", 'has a "#"'],
  [
    "postgres://user:hidden-word@host/name?sslmode=verify-full&sslrootcert=/nowhere/ca.pem",
    "names the file /nowhere/ca.pem, which can't be read (ENOENT).",
  ],
  [
    "postgres://user:hidden-word@host/name?sslmode=verify-full&sslrootcert=db",
    "names a file of certificates or keys that can't be read (EISDIR).",
  ],
])("%s is reported as wrong", (address, problem) => {
  const said = addressProblem(address);
  expect(said).toContain(problem);
  expect(said).not.toContain("hidden");
});
