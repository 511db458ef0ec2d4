import { expect, test } from "vitest";
import { negotiate } from "./accept";

const offered = ["application/json", "text/x-shellscript", "text/x-dotenv"];

test.each([
  [undefined, "application/json"],
  ["", "application/json"],
  ["*/*", "application/json"],
  ["application/*", "application/json"],
  ["text/*", "text/x-shellscript"],
  ["text/x-dotenv", "text/x-dotenv"],
  ["TEXT/X-Dotenv", "text/x-dotenv"],
  ["text/x-dotenv; charset=utf-8", "text/x-dotenv"],
  ["application/json;q=0.5, text/x-dotenv", "text/x-dotenv"],
  ["text/x-dotenv;q=0.3, text/x-shellscript;q=0.4", "text/x-shellscript"],
  // The most specific range decides, whatever its position and quality.
  ["*/*, application/json;q=0.1", "text/x-shellscript"],
  ["application/json;q=0, */*;q=0.1", "text/x-shellscript"],
  ["text/x-shellscript;q=0, text/*", "text/x-dotenv"],
  ["text/html, image/gif, *; q=.2, */*; q=.2", "application/json"],
  [",, application/json ,", "application/json"],
])("Accept: %s is served as %s", (accept, type) => {
  expect(negotiate(accept, offered)).toBe(type);
});

test.each([
  "text/html",
  "image/*",
  "json",
  "application/json;q=0",
  "*/*;q=0",
  "application/vnd.api+json",
  "application/*;q=0",
])("Accept: %s can't be served", (accept) => {
  expect(negotiate(accept, offered)).toBeUndefined();
});
