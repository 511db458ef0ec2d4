import { expect, test } from "vitest";
import { mailServer } from "./server";

const plain = { secure: false, requireTLS: false };

test.each([
  ["smtp://mail.example.com", { host: "mail.example.com", port: 587, ...plain }],
  ["smtp://mail.example.com:25/", { host: "mail.example.com", port: 25, ...plain }],
  ["smtps://mail.example.com", { host: "mail.example.com", port: 465, secure: true, requireTLS: false }],
  ["smtp://[::1]:2525", { host: "::1", port: 2525, ...plain }],
  [
    "smtp://a%40b:p%3A@mail.example.com",
    { host: "mail.example.com", port: 587, secure: false, requireTLS: true, auth: { user: "a@b", pass: "p:" } },
  ],
  ["smtp://a:p@localhost:2525", { host: "localhost", port: 2525, ...plain, auth: { user: "a", pass: "p" } }],
])("%s", (url, server) => {
  expect(mailServer(new URL(url))).toEqual(server);
});
