import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { startEmbeddedPostgres } from "@/db/embedded/embedded-postgres";
import { listen } from "@/server/start/process";
import { actionsKey, type BuiltImage, buildImage } from "@/testing/image/buildah";
import { type Container, runContainer } from "@/testing/image/container";
import { run, whyNot } from "@/testing/image/machine";

const reason = whyNot();
const mebibyte = 1024 * 1024;
const user = 65532;

let image: BuiltImage;
let folder: string;
let database: Awaited<ReturnType<typeof startEmbeddedPostgres>>;

/** The settings of a container whose secrets are files. */
const files = {
  DATABASE_URL_FILE: "/run/secrets/database_url",
  AUTH_SECRET_FILE: "/run/secrets/auth_secret",
  ENCRYPTION_KEYS_FILE: "/run/secrets/encryption_keys",
};

async function freePort(): Promise<number> {
  const server = createServer();
  const address = await listen(server, 0, "127.0.0.1");
  server.close();
  return Number(new URL(address).port);
}

/** Runs the image's command, or another one, and ends it with the test. */
async function start(env: Record<string, string>, command?: string[]): Promise<Container> {
  const container = await runContainer(image, { env: { ...files, ...env }, secrets: join(folder, "secrets"), command });
  onTestFinished(container.end);
  return container;
}

/** The exit code of a command in the image, and what it wrote. */
async function runs(command: string[], env: Record<string, string> = {}) {
  const container = await start(env, command);
  return { code: await container.ended, lines: container.lines };
}

describe.skipIf(reason)(`the container image${reason ? ` (${reason})` : ""}`, () => {
  beforeAll(async () => {
    image = await buildImage();
    folder = await mkdtemp(join(tmpdir(), "vehaas-container-"));
    await chmod(folder, 0o711);
    database = await startEmbeddedPostgres({ folder: join(folder, "postgres") });
    const secrets = {
      database_url: database.url,
      auth_secret: "a".repeat(44),
      encryption_keys: `k1:${"A".repeat(43)}=`,
    };
    await mkdir(join(folder, "secrets"));
    for (const [name, value] of Object.entries(secrets)) {
      const file = join(folder, "secrets", name);
      await writeFile(file, `${value}\n`, { mode: 0o400 });
      await chown(file, user, user);
    }
  });
  afterAll(async () => {
    await database?.stop();
    if (folder) await rm(folder, { recursive: true, force: true });
    await image?.remove();
  });

  test("runs the server as a user without rights, and names its health check and signal", () => {
    expect(image.config).toMatchObject({
      User: `${user}:${user}`,
      Entrypoint: ["node"],
      Cmd: ["dist/deploy/serve.js"],
      WorkingDir: "/app",
      StopSignal: "SIGTERM",
      Healthcheck: { Test: ["CMD", "node", "dist/deploy/check-health.js"] },
    });
  });

  test("is small, and has nothing that its user can change, no shell and no npm configuration", async () => {
    const app = join(image.root, "app");
    const size = Number.parseInt(await run("du", ["--summarize", "--block-size=1", app]), 10);
    console.info(`the image has ${Math.round(size / mebibyte)} MiB besides its base`);
    expect(size).toBeLessThan(350 * mebibyte);
    const changeable = `( -user ${user} -o -group ${user} -o -perm -o+w ) ! -type l`.split(" ");
    expect(await run("find", [app, ...changeable])).toBe("");
    expect(await run("find", [image.root, "-xdev", "-name", ".npmrc", "-o", "-name", ".env"])).toBe("");
    expect(["bin/sh", "usr/bin/sh"].filter((path) => existsSync(join(image.root, path)))).toEqual([]);
  });

  test("has the key for forms that its build was given", () => {
    const manifest = join(image.root, "app/.next/server/server-reference-manifest.json");
    expect(JSON.parse(readFileSync(manifest, "utf8"))).toMatchObject({ encryptionKey: actionsKey });
  });

  test("has production packages alone, and its SBOM lists them", () => {
    const found = packagesIn(join(image.root, "app"));
    expect(found.length).toBeGreaterThan(80);
    const component = z.object({ name: z.string(), version: z.string() });
    const bom = z.object({ bomFormat: z.literal("CycloneDX"), components: z.array(component) });
    const { components } = bom.parse(JSON.parse(readFileSync(join(image.root, "app", "sbom.json"), "utf8")));
    const listed = components.map(({ name, version }) => `${name}@${version}`);
    expect(found.toSorted()).toEqual([...new Set(listed)].toSorted());
    const locked = z.object({ packages: z.record(z.string(), z.object({ dev: z.boolean().optional() })) });
    const { packages } = locked.parse(JSON.parse(readFileSync("package-lock.json", "utf8")));
    const development = Object.keys(packages).filter((path) => packages[path]?.dev);
    expect(development.length).toBeGreaterThan(100);
    const buildTools = ["esbuild", "lightningcss", "tailwindcss", "tsx", "typescript"].map(
      (name) => `node_modules/${name}`,
    );
    expect(buildTools.filter((path) => !packages[path])).toEqual([]);
    expect([...development, ...buildTools].filter((path) => existsSync(join(image.root, "app", path)))).toEqual([]);
  });

  test("serves with a read-only root, its secrets in files and without a shell, until SIGTERM", async () => {
    const [PORT, METRICS_PORT, collector] = (await Promise.all([freePort(), freePort(), freePort()])).map(String);
    const env = {
      PORT: PORT ?? "",
      METRICS_PORT: METRICS_PORT ?? "",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector}`,
      SHUTDOWN_GRACE_SECONDS: "1",
    };
    const healthCheck = image.config.Healthcheck.Test.slice(2);
    expect(await runs(healthCheck, env)).toMatchObject({ code: 1, lines: [expect.stringMatching(/^not ready: /)] });

    const create = ["dist/scripts/create-organization.js", "Example Ltd", "admin@example.com", "Ada Admin"];
    const created = await runs(create, env);
    expect(created).toMatchObject({ code: 0 });
    expect(created.lines.join("\n")).toContain("Created “Example Ltd”");

    const container = await start(env);
    await container.says(`veHaaS is ready at http://localhost:${PORT}`);
    expect(await runs(healthCheck, env)).toEqual({ code: 0, lines: [] });
    const url = `http://127.0.0.1:${PORT}`;
    const page = await fetch(`${url}/sign-in`);
    expect(page.status).toBe(200);
    const html = await page.text();
    expect(html).toContain("<form");
    const [script = ""] = /\/_next\/static\/[^"]+\.js/.exec(html) ?? [];
    for (const path of [script, "/api/v2.0/openapi.json", "/api/v2.0/docs"]) {
      expect([path, (await fetch(url + path)).status]).toEqual([path, 200]);
    }
    expect((await fetch(`http://127.0.0.1:${METRICS_PORT}/metrics`)).status).toBe(200);

    container.signal("SIGTERM");
    expect(await container.ended).toBe(0);
    const log = container.lines.join("\n");
    expect(log).not.toMatch(/EROFS|EACCES|a{44}|A{43}|Failed to load SWC/);
  });

  test("can't write anywhere", async () => {
    const folders = ["/", "/app", "/app/.next", "/tmp", "/run", "/dev"];
    const attempt = `for (const folder of ${JSON.stringify(folders)}) try {
      require("node:fs").writeFileSync(folder + "/file", ""); console.log(folder);
    } catch (error) { if (!["EROFS", "EACCES", "ENOENT"].includes(error.code)) throw error; }`;
    expect(await runs(["-e", attempt])).toEqual({ code: 0, lines: [] });
    const who = "console.log(process.pid, process.getuid(), process.getgid(), process.getgroups().join())";
    expect((await runs(["-e", who])).lines).toEqual([`1 ${user} ${user} ${user}`]);
  });

  test("ends with 0 at a SIGTERM while its modules are loaded", async () => {
    const container = await start({ PORT: String(await freePort()) });
    await container.listens();
    container.signal("SIGTERM");
    expect(await container.ended).toBe(0);
    expect(container.lines.join("\n")).not.toContain("veHaaS is ready");
  });
});

/** The packages below the folder, as name@version. */
function packagesIn(parent: string): string[] {
  const modules = join(parent, "node_modules");
  if (!existsSync(modules)) return [];
  const names = readdirSync(modules).filter((name) => !name.startsWith("."));
  const all = names.flatMap((name) =>
    name.startsWith("@") ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name],
  );
  return all.flatMap((name) => {
    const file: unknown = JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
    return [`${name}@${z.object({ version: z.string() }).parse(file).version}`, ...packagesIn(join(modules, name))];
  });
}
