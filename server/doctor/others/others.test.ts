import { readFileSync } from "node:fs";
import { createServer as createHttpServer } from "node:http";
import { createServer } from "node:https";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test, vi } from "vitest";
import { inspecting } from "@/server/doctor/inspect";
import { createToken } from "@/testing/access-tokens";
import { insertAccess } from "@/testing/accesses";
import { findingsWith, settingsOfTest } from "@/testing/doctor/findings";
import { listen } from "@/testing/listen";
import { startIdentityProvider } from "@/testing/stand-ins/identity-provider";
import { mailCertificate, startMailServer } from "@/testing/stand-ins/mail-server";
import { startStandIn, testAuthority } from "@/testing/stand-ins/server";
import { createTenant } from "@/testing/tenant";
import { providers } from "./providers";

vi.setConfig({ testTimeout: 60_000 });

const certificate = (name: string) =>
  fileURLToPath(new URL(`../../../testing/stand-ins/certificates/${name}`, import.meta.url));

const one = async (subject: string, env: Record<string, string>) => {
  const [found, ...more] = await findingsWith(settingsOfTest(env), [subject]);
  expect(more).toEqual([]);
  return found;
};

test("an identity provider is asked for its keys, and each failure is named", async () => {
  const ask = (issuer: string) =>
    one("identity provider", { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: "id", OIDC_CLIENT_SECRET: "hidden-word" });
  const provider = await startIdentityProvider([]);
  expect(await ask(provider.issuer)).toMatchObject({
    verdict: "right",
    says: `${provider.issuer} answers, with 1 key`,
  });
  expect(await ask(`${provider.issuer}/tenant`)).toMatchObject({
    verdict: "wrong",
    says: expect.stringContaining("answered 404"),
  });
  await provider.close();
  expect(await ask(provider.issuer)).toMatchObject({
    verdict: "wrong",
    says: expect.stringContaining("(ECONNREFUSED)"),
  });

  let body = "";
  const server = createHttpServer((_request, response) => response.end(body));
  const issuer = await listen(server, 0, "localhost");
  onTestFinished(() => void server.close());
  body = "<html>";
  expect(await ask(issuer)).toMatchObject({ verdict: "wrong", says: `${issuer}: its answer is not JSON` });
  body = JSON.stringify({ issuer: "https://login.example.com", jwks_uri: `${issuer}/keys` });
  expect(await ask(issuer)).toMatchObject({
    verdict: "wrong",
    says: `${issuer}: the discovery document is another issuer's`,
  });
  body = JSON.stringify({ issuer, jwks_uri: `${issuer}/keys`, keys: [] });
  expect(await ask(issuer)).toMatchObject({ verdict: "wrong", says: `${issuer} publishes no keys` });
});

test("a mail server is asked to encrypt and to accept the login, and gets no message", async () => {
  const ask = (url: string) => one("mail server", { SMTP_URL: url, SMTP_FROM: "vehaas@example.com" });
  const server = await startMailServer({
    allowInsecureAuth: true,
    onAuth: ({ password }, _session, done) =>
      password === "right" ? done(null, { user: "ada" }) : done(new Error("no")),
  });
  onTestFinished(server.close);
  const withLogin = (password: string) => server.url.replace("//", `//ada:${password}@`);
  expect(await ask(withLogin("right"))).toMatchObject({
    verdict: "right",
    says: expect.stringMatching(/answers, and accepts the login, and offers no encryption$/),
  });
  const refused = await ask(withLogin("hidden-word"));
  expect(refused).toMatchObject({
    verdict: "wrong",
    says: expect.stringContaining("refused our user name or password"),
  });
  expect(JSON.stringify(refused)).not.toContain("hidden-word");
  const untrusted = await startMailServer(mailCertificate);
  onTestFinished(untrusted.close);
  expect(await ask(untrusted.url)).toMatchObject({
    verdict: "wrong",
    says: expect.stringContaining("could not be secured"),
  });
  const gone = await startMailServer();
  await gone.close();
  expect(await ask(gone.url)).toMatchObject({
    verdict: "wrong",
    says: expect.stringContaining("could not be reached"),
  });
  expect([...server.received, ...untrusted.received]).toEqual([]);
});

test("each provider is asked once for its certificate: good, ending, expired, untrusted, private, without", async () => {
  const good = await startStandIn(() => ({ status: 200 }), { tls: true, host: "localhost" });
  onTestFinished(good.close);
  const secure = createServer({
    cert: readFileSync(certificate("expired.pem")),
    key: readFileSync(certificate("expired.key")),
  });
  const expired = (await listen(secure, 0, "localhost")).replace("http:", "https:");
  onTestFinished(() => void secure.close());
  const { group } = await createTenant();
  const token = await createToken(group.admin, group.scope);
  const plain = "http://localhost:9";
  for (const providerUrl of [good.url, `${good.url}/below`, expired, plain]) await insertAccess(token, { providerUrl });

  const find = (differing: Record<string, string>, now?: number) =>
    inspecting(settingsOfTest({ PROVIDER_ALLOWLIST: "localhost", ...differing }), [], (inspection) =>
      providers(inspection, now),
    );
  const trusted = { PROVIDER_CA_FILE: testAuthority };
  const overHttp = { verdict: "warning", says: `${plain} is asked over http, without a certificate` };
  const lapsed = { verdict: "wrong", says: `${expired}: The certificate of ${new URL(expired).host} has expired.` };
  const isGood = { verdict: "right", says: `${good.url} has a good certificate, until 2126-10-31` };
  const found = await find(trusted);
  expect(found).toHaveLength(3);
  expect(found).toEqual(expect.arrayContaining([overHttp, lapsed, isGood].map((one) => expect.objectContaining(one))));
  expect(good.connections()).toBe(1);
  expect(good.requests).toEqual([]);
  const untrusted = `${good.url}: The certificate of ${new URL(good.url).host} is not trusted`;
  expect(await find({})).toEqual(
    expect.arrayContaining([expect.objectContaining({ verdict: "wrong", says: expect.stringContaining(untrusted) })]),
  );
  expect(await find(trusted, Date.parse("2126-10-15"))).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ verdict: "warning", says: `${good.url} has a certificate that expires on 2126-10-31` }),
    ]),
  );
  expect(await find({ ...trusted, PROVIDER_ALLOWLIST: "" })).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        verdict: "wrong",
        says: expect.stringContaining("leads to a private or reserved address"),
      }),
    ]),
  );
  secure.closeAllConnections();
});
