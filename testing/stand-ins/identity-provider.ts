import { generateKeyPairSync, type JsonWebKey, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import Provider, { type Configuration, interactionPolicy, type KoaContextWithOIDC } from "oidc-provider";
import { listen } from "@/server/start/process";

/** Providers write `email_verified` in many ways. */
export type TestAccount = { sub: string; email?: string; email_verified?: unknown };
type SigningKey = JsonWebKey & { kid: string };

export type IdentityProvider = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  redirectUri: string;
  /** The requested paths, oldest first. */
  requests: string[];
  /** The current signing key. */
  key: () => SigningKey;
  /** Switches to a new signing key, and publishes only that. */
  rotateKey: () => void;
  close: () => Promise<void>;
  reopen: () => Promise<void>;
};

const client = { id: "vehaas", secret: randomBytes(24).toString("base64url") };
/** Registered as a native client, which may use any port: the server's port isn't known yet. */
const redirectUri = "http://localhost/api/auth/callback/oidc";

/**
 * A real OpenID provider on a free port, with these accounts. Its page has a button per account, named by `sub`, and
 * "Cancel", instead of a password. Only userinfo has the e-mail address. An access token for `apiAudience` is a JWT.
 */
export async function startIdentityProvider(accounts: TestAccount[], apiAudience?: string): Promise<IdentityProvider> {
  const server = createServer();
  const issuer = await listen(server, 0, "localhost");
  const requests: string[] = [];
  const start = (key: SigningKey) => {
    const provider = startProvider(issuer, configuration(accounts, key, apiAudience));
    return { key, provider, answer: provider.callback() };
  };
  let current = start(newKey());
  server.on("request", (request, response) => {
    const path = request.url ?? "";
    requests.push(path);
    const { provider, answer } = current;
    return path.startsWith("/interaction/")
      ? interact(provider, accounts, request, response)
      : answer(request, response);
  });
  return {
    issuer,
    clientId: client.id,
    clientSecret: client.secret,
    redirectUri,
    requests,
    key: () => current.key,
    rotateKey: () => {
      current = start(newKey());
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
    reopen: async () => {
      await listen(server, Number(new URL(issuer).port), "localhost");
    },
  };
}

function startProvider(issuer: string, settings: Configuration): Provider {
  const provider = new Provider(issuer, settings);
  provider.use(async (context, next) => {
    await next();
    // Requires PKCE without announcing it in the discovery document, as some providers do.
    if (context.oidc?.route === "discovery")
      Object.assign(context.body, { code_challenge_methods_supported: undefined });
  });
  return provider;
}

function newKey(): SigningKey {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), kid: randomBytes(8).toString("hex"), use: "sig" };
}

function configuration(accounts: TestAccount[], key: SigningKey, apiAudience?: string): Configuration {
  const policy = interactionPolicy.base();
  policy.remove("consent");
  return {
    clients: [
      { client_id: client.id, client_secret: client.secret, redirect_uris: [redirectUri], application_type: "native" },
    ],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    features: {
      devInteractions: { enabled: false },
      resourceIndicators: { enabled: apiAudience !== undefined, useGrantedResource: () => true, getResourceServerInfo },
    },
    pkce: { required: () => true },
    cookies: { keys: [randomBytes(24).toString("hex")] },
    jwks: { keys: [key] },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}`, policy },
    loadExistingGrant: consented,
    findAccount: (_context, sub) => {
      const account = accounts.find((one) => one.sub === sub);
      return account && { accountId: sub, claims: () => ({ ...account }) };
    },
  };
}

function getResourceServerInfo(_context: unknown, resource: string) {
  return { scope: "", audience: resource, accessTokenFormat: "jwt" as const, jwt: { sign: { alg: "RS256" as const } } };
}

async function consented({ oidc }: KoaContextWithOIDC) {
  const grant = new oidc.provider.Grant({ accountId: oidc.session?.accountId, clientId: oidc.client?.clientId });
  grant.addOIDCScope("openid profile email");
  await grant.save();
  return grant;
}

async function interact(
  provider: Provider,
  accounts: TestAccount[],
  request: IncomingMessage,
  response: ServerResponse,
) {
  if (request.method === "GET") {
    const buttons = [...accounts.map(({ sub }) => sub), "Cancel"].map(
      (name) => `<button name="as" value="${name}">${name}</button>`,
    );
    response.setHeader("content-type", "text/html");
    return response.end(
      `<!doctype html><title>Identity provider</title><form method="post">${buttons.join(" ")}</form>`,
    );
  }
  let body = "";
  for await (const chunk of request) body += chunk;
  const accountId = new URLSearchParams(body).get("as") ?? "";
  const refused = { error: "access_denied", error_description: "The person cancelled." };
  return provider.interactionFinished(request, response, accountId === "Cancel" ? refused : { login: { accountId } });
}
