/** The caller: a person in a browser or with a JWT, or the technical user of an access token. */
export type Person = { kind: "person"; userId: string; name: string };
export type TechnicalUser = {
  kind: "technical";
  userId: string;
  name: string;
  accessTokenId: string;
  /** The hash of the secret that the request came with. Commands on secrets check that it has not ended meanwhile. */
  secretHash?: Buffer;
  /** Set if that is a pipeline secret. */
  isPipeline?: boolean;
};
export type Actor = Person | TechnicalUser;

/** The actor of what a policy demands, such as the revocation of unused tokens. */
export const policyActor = { kind: "technical", userId: "policy", name: "Policy", accessTokenId: "" } as const;

/** The actor of what else happens in the background. */
export const system = { kind: "technical", userId: "system", name: "veHaaS", accessTokenId: "" } as const;
