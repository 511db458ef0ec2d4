import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import Provider, { type Configuration, interactionPolicy, type KoaContextWithOIDC } from "oidc-provider";

export type TestAccount = { sub: string; email?: string; email_verified?: boolean };
export type IdentityProvider = { issuer: string; clientId: string; clientSecret: string; close: () => Promise<void> };

const client = { id: "vehaas", secret: randomBytes(24).toString("base64url") };
/** A native client's port may be any: the server's isn't known yet. */
const redirectUri = "http://localhost/api/auth/callback/oidc";

/**
 * A real OpenID provider on a free port, with these accounts. Instead of a password, its page has a button for each,
 * named by its `sub`, and "Cancel". The e-mail address is at its userinfo endpoint alone.
 */
export async function startIdentityProvider(accounts: TestAccount[]): Promise<IdentityProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const issuer = `http://localhost:${portOf(server.address())}`;
  const provider = new Provider(issuer, configuration(accounts));
  provider.use(async (context, next) => {
    await next();
    // As some providers do, it insists on PKCE without saying that it knows it.
    if (context.oidc?.route === "discovery")
      Object.assign(context.body, { code_challenge_methods_supported: undefined });
  });
  const answer = provider.callback();
  server.on("request", (request, response) => {
    const isInteraction = request.url?.startsWith("/interaction/");
    return isInteraction ? interact(provider, accounts, request, response) : answer(request, response);
  });
  return { issuer, clientId: client.id, clientSecret: client.secret, close: () => close(server) };
}

function configuration(accounts: TestAccount[]): Configuration {
  const policy = interactionPolicy.base();
  policy.remove("consent");
  return {
    clients: [
      { client_id: client.id, client_secret: client.secret, redirect_uris: [redirectUri], application_type: "native" },
    ],
    claims: { openid: ["sub"], email: ["email", "email_verified"] },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    cookies: { keys: [randomBytes(24).toString("hex")] },
    jwks: { keys: [{ ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }) }] },
    ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
    interactions: { url: (_context, { uid }) => `/interaction/${uid}`, policy },
    loadExistingGrant: consented,
    findAccount: (_context, sub) => {
      const account = accounts.find((one) => one.sub === sub);
      return account && { accountId: sub, claims: () => ({ ...account }) };
    },
  };
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

function portOf(address: string | AddressInfo | null): number {
  return typeof address === "object" && address ? address.port : 0;
}

function close(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
