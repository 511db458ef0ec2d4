import { gunzipSync } from "node:zlib";
import { request } from "undici";
import { beforeAll, describe, expect, test } from "vitest";
import { ask } from "@/testing/api/ask";
import { serveApi } from "@/testing/api/server";

const docs = "/api/v2.0/docs";

let base: string;
let html: string;
/** The paths of the page's files. */
let files: string[];

beforeAll(async () => {
  base = await serveApi();
  ({ text: html } = await ask(base, docs));
  files = [...html.matchAll(/ (?:src|href)="(docs\/[^"]+)"/g)].map(([, file]) => `/api/v2.0/${file}`);
});

/** `ask` checks answers against the description, which doesn't contain these files. */
const fetchFile = (path: string, init: RequestInit = {}) => fetch(`${base}${path}`, init);

describe("GET /docs", () => {
  test("serves anyone the page, whatever the credential", async () => {
    for (const headers of [{}, { "private-token": "bad" }, { authorization: "Bearer bad", "private-token": "bad" }]) {
      const { status, headers: answered } = await ask(base, docs, { headers });
      expect(status).toBe(200);
      expect(answered).toMatchObject({
        "content-type": "text/html; charset=utf-8",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-frame-options": "DENY",
        "referrer-policy": "no-referrer",
      });
    }
  });

  test("lets the page load and call only our origin, and run nothing inline", async () => {
    const { headers } = await ask(base, docs);
    const policy = String(headers["content-security-policy"]);
    expect(Object.fromEntries(policy.split("; ").map((directive) => directive.split(/ (.*)/)))).toEqual({
      "default-src": "'none'",
      "script-src": "'self'",
      "style-src": "'self'",
      "img-src": "'self' data:",
      "connect-src": "'self'",
      "base-uri": "'none'",
      "form-action": "'none'",
      "frame-ancestors": "'none'",
    });
    expect(html).not.toMatch(/https?:|<style|<script>|\son\w+=/);
  });

  test("accepts HEAD, and refuses other methods, parameters and media types", async () => {
    expect(await ask(base, docs, { method: "HEAD" })).toMatchObject({ status: 200, text: "" });
    expect(await ask(base, docs, { method: "POST" })).toMatchObject({ status: 405, headers: { allow: "GET, HEAD" } });
    expect((await ask(base, `${docs}?url=https://example.com`)).status).toBe(400);
    expect((await ask(base, docs, { headers: { accept: "application/json" } })).status).toBe(406);
    expect((await ask(base, `${docs}/`)).status).toBe(404);
  });
});

describe("the page's files", () => {
  test("are served with their types and cached forever", async () => {
    const types = [];
    for (const file of files) {
      const answer = await fetchFile(file, { headers: { "private-token": "bad" } });
      expect(answer.status).toBe(200);
      expect(answer.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100);
      types.push(answer.headers.get("content-type"));
    }
    const css = "text/css; charset=utf-8";
    const script = "text/javascript; charset=utf-8";
    expect(types).toEqual([script, css, css, script, script]);
  });

  test("are gzipped only for clients that accept it", async () => {
    const bundle = files.find((one) => one.endsWith("/swagger-ui-bundle.js")) ?? "";
    const fetchWith = async (acceptEncoding: string | undefined, method = "GET") => {
      const headers = acceptEncoding === undefined ? {} : { "accept-encoding": acceptEncoding };
      // Not `fetch`, which always accepts gzip and decompresses it.
      const answer = await request(`${base}${bundle}`, { method, headers });
      expect(answer.headers.vary).toBe("Accept-Encoding");
      return { ...answer, content: Buffer.from(await answer.body.arrayBuffer()) };
    };
    const plain = await fetchWith(undefined);
    expect(plain.headers["content-encoding"]).toBeUndefined();
    for (const without of ["identity", "br, deflate", "gzip;q=0", "*, gzip;q=0", ""]) {
      expect((await fetchWith(without)).headers, without).not.toHaveProperty("content-encoding");
    }
    for (const taken of ["gzip", "deflate, GZIP;q=0.1, br", "*"]) {
      const { headers, content } = await fetchWith(taken);
      expect(headers, taken).toMatchObject({ "content-encoding": "gzip", "content-length": `${content.length}` });
      expect(content.length).toBeLessThan(plain.content.length / 2);
      expect(gunzipSync(content).equals(plain.content)).toBe(true);
    }
    const { headers } = await fetchWith("gzip", "HEAD");
    expect(headers["content-encoding"]).toBe("gzip");
  });

  test("are the only ones served, and only under their version", async () => {
    const [file = ""] = files;
    const folder = file.slice(0, file.lastIndexOf("/"));
    const others = [
      "index.html",
      "package.json",
      "swagger-ui-bundle.js.map",
      "..%2fpackage.json",
      "%2e%2e%2f.env",
      "__proto__",
    ];
    for (const path of [
      ...others.map((name) => `${folder}/${name}`),
      file.replace(/docs\/\w+/, "docs/0123456789abcdef"),
    ]) {
      expect((await ask(base, path)).body).toMatchObject({ status: 404, code: "not_found" });
    }
  });

  test("accept HEAD, and refuse other methods and parameters", async () => {
    const [file = ""] = files;
    expect((await fetchFile(file, { method: "HEAD" })).status).toBe(200);
    expect((await fetchFile(file, { method: "DELETE" })).status).toBe(405);
    expect((await fetchFile(`${file}?x=1`)).status).toBe(400);
  });
});
