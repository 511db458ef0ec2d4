/** The ways to authenticate, in OpenAPI's terms. */
export const securitySchemes = {
  privateToken: {
    type: "apiKey",
    in: "header",
    name: "private-token",
    description: "The secret of an access token",
  },
  accessToken: {
    type: "http",
    scheme: "bearer",
    description: "The secret of an access token",
  },
  personJwt: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "A person's JWT from the organization's identity provider",
  },
} as const;

type Requirement = Record<string, string[]>;

const byToken: Requirement[] = [{ privateToken: [] }, { accessToken: [] }];
const byPerson: Requirement[] = [{ personJwt: [] }];

/** Who may call a route, for a createRoute's `security`. */
export const askedBy = { anyone: [], token: byToken, person: byPerson, tokenOrPerson: [...byToken, ...byPerson] };
