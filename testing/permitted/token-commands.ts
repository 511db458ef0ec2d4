import { planChangeOfMany } from "@/lib/access-token-list/change-plan";
import { listAccessTokens, overviewOfAccessTokens } from "@/lib/access-token-list/queries";
import { getRevoker, getTokenActivity, getTokenWithNetworks } from "@/lib/access-tokens/activity/queries";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { changeAccessTokens } from "@/lib/access-tokens/change-many";
import { createAccessToken } from "@/lib/access-tokens/create";
import { editAccessToken } from "@/lib/access-tokens/edit";
import { versionOf } from "@/lib/access-tokens/find";
import { consequencesOf, getAccessToken } from "@/lib/access-tokens/queries";
import { exportAuditEvents } from "@/lib/audit-log/export";
import { auditFilterNames } from "@/lib/audit-log/names";
import { auditObjects } from "@/lib/audit-log/objects";
import { listAuditEvents } from "@/lib/audit-log/queries";
import type { Actor, Person, TechnicalUser } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { removeVariable, setVariable } from "@/lib/environment-variables/change";
import { applyDotenv, planDotenv } from "@/lib/environment-variables/dotenv-import";
import { getVariable, listVariables } from "@/lib/environment-variables/queries";
import { listPeople, listTechnicalUsers } from "@/lib/members/queries";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { checkAgain, removeAccess, replaceToken } from "@/lib/version-control/change";
import { editAccess } from "@/lib/version-control/edit";
import { getAccess, listAccesses, listAccessRunners, listRunners } from "@/lib/version-control/queries";
import { createToken, tokenInput } from "@/testing/access-tokens";
import { gitlabToken } from "@/testing/stand-ins/gitlab-credentials";
import type { Permitted } from "./command";

/** A group or an organization, with an admin of its access tokens. */
export type TokenPlace = { scope: Scope; admin: Person; gitlabUrl: string };
type Prepared = { scope: Scope; tokenId: string; accessId: string };

const variable = { name: "PLACE", value: "here" };
const dotenv = { text: "PLACE=there", expected: { PLACE: null }, leaveOutRefused: false };
const credential = { token: gitlabToken("groupBot"), acceptPersonalToken: false };

const newToken = ({ admin, scope }: TokenPlace) => createToken(admin, scope);

/** Prepares a new token in the scope, which is never the actor's own. */
function onToken(
  run: (actor: Actor, scope: Scope, tokenId: string) => Promise<unknown>,
  prepareToken?: (place: TokenPlace, tokenId: string) => Promise<unknown>,
) {
  return async (place: TokenPlace) => {
    const { id } = await newToken(place);
    await prepareToken?.(place, id);
    return (actor: Actor) => run(actor, place.scope, id);
  };
}

function onAccess(run: (actor: Actor, prepared: Prepared) => Promise<unknown>) {
  return async (place: TokenPlace) => {
    const { id: tokenId } = await newToken(place);
    const { id: accessId } = await addAccess(place.admin, place.scope, tokenId, accessInput(place));
    return (actor: Actor) => run(actor, { scope: place.scope, tokenId, accessId });
  };
}

function accessInput({ gitlabUrl }: TokenPlace) {
  const target = { tokenScope: "project", targetId: "123", token: gitlabToken("projectBot") };
  return addAccessInput.parse({ providerType: "gitlab", providerUrl: gitlabUrl, ...target });
}

export const tokenCommands: Permitted<TokenPlace>[] = [
  {
    name: "listAccessTokens",
    act: "see the tokens",
    prepare:
      async ({ scope }) =>
      (actor) =>
        listAccessTokens(actor, scope),
  },
  {
    name: "overviewOfAccessTokens",
    act: "see the tokens",
    prepare:
      async ({ scope }) =>
      (actor) =>
        overviewOfAccessTokens(actor, scope),
  },
  { name: "getAccessToken", act: "see a token", prepare: onToken(getAccessToken) },
  { name: "getTokenWithNetworks", act: "see a token", prepare: onToken(getTokenWithNetworks) },
  { name: "getTokenActivity", act: "see a token", prepare: onToken(getTokenActivity) },
  {
    name: "getRevoker",
    act: "see the audit log",
    prepare: onToken((actor, scope, id) => getRevoker(actor, scope, { id, revokedAt: new Date() })),
  },
  { name: "consequencesOf", act: "see a token", prepare: onToken(consequencesOf) },
  {
    name: "createAccessToken",
    act: "create a token",
    prepare:
      async ({ scope }) =>
      (actor) =>
        createAccessToken(actor, scope, tokenInput()),
  },
  {
    name: "editAccessToken",
    act: "manage a token",
    prepare: onToken((actor, scope, id) => editAccessToken(actor, scope, id, { name: `${id} renamed` })),
  },
  { name: "revokeAccessToken", act: "manage a token", prepare: onToken(revokeAccessToken) },
  {
    name: "reactivateAccessToken",
    act: "manage a token",
    prepare: onToken(reactivateAccessToken, ({ admin, scope }, id) => revokeAccessToken(admin, scope, id)),
  },
  {
    name: "planChangeOfMany",
    act: "see the tokens",
    prepare: async (place) => {
      const { id } = await newToken(place);
      return (actor) => planChangeOfMany(actor, place.scope, "delete", { ids: [id] });
    },
  },
  {
    name: "changeAccessTokens",
    act: "manage a token",
    prepare: async (place) => {
      const token = await newToken(place);
      const expected = [{ id: token.id, version: versionOf(token) }];
      return (actor) => changeAccessTokens(actor, place.scope, "delete", expected);
    },
  },
  { name: "deleteAccessToken", act: "manage a token", prepare: onToken(deleteAccessToken) },

  { name: "listAccesses", act: "see a token", prepare: onToken(listAccesses) },
  { name: "listRunners", act: "see a token", prepare: onToken(listRunners) },
  {
    name: "getAccess",
    act: "see a token",
    prepare: onAccess((actor, { scope, tokenId, accessId }) => getAccess(actor, scope, tokenId, accessId)),
  },
  {
    name: "listAccessRunners",
    act: "see a token",
    prepare: onAccess((actor, { scope, tokenId, accessId }) => listAccessRunners(actor, scope, tokenId, accessId)),
  },
  {
    name: "addAccess",
    act: "see a token",
    prepare: async (place) => {
      const { id } = await newToken(place);
      return (actor) => addAccess(actor, place.scope, id, accessInput(place));
    },
  },
  {
    name: "checkAgain",
    act: "see a token",
    prepare: onAccess((actor, { scope, tokenId, accessId }) => checkAgain(actor, scope, tokenId, accessId)),
  },
  {
    name: "replaceToken",
    act: "see a token",
    prepare: onAccess((actor, { scope, tokenId, accessId }) =>
      replaceToken(actor, scope, tokenId, accessId, credential),
    ),
  },
  {
    name: "editAccess",
    act: "see a token",
    prepare: onAccess((actor, { scope, tokenId, accessId }) =>
      editAccess(actor, scope, tokenId, accessId, { allowedTags: ["hil"] }),
    ),
  },
  {
    name: "removeAccess",
    act: "manage a token",
    prepare: onAccess((actor, { scope, tokenId, accessId }) => removeAccess(actor, scope, tokenId, accessId)),
  },

  { name: "listVariables", act: "see a token", prepare: onToken(listVariables) },
  {
    name: "getVariable",
    act: "see a token",
    prepare: onToken(
      (actor, scope, id) => getVariable(actor, scope, id, variable.name),
      ({ admin, scope }, id) => setVariable(admin, scope, id, variable),
    ),
  },
  {
    name: "setVariable",
    act: "manage a token",
    prepare: onToken((actor, scope, id) => setVariable(actor, scope, id, variable)),
  },
  {
    name: "removeVariable",
    act: "manage a token",
    prepare: onToken(
      (actor, scope, id) => removeVariable(actor, scope, id, { name: variable.name }),
      ({ admin, scope }, id) => setVariable(admin, scope, id, variable),
    ),
  },
  {
    name: "planDotenv",
    act: "see a token",
    prepare: onToken((actor, scope, id) => planDotenv(actor, scope, id, dotenv.text)),
  },
  {
    name: "applyDotenv",
    act: "manage a token",
    prepare: onToken((actor, scope, id) => applyDotenv(actor, scope, id, dotenv)),
  },

  {
    name: "listPeople",
    act: "see",
    prepare:
      async ({ scope }) =>
      (actor) =>
        listPeople(actor, scope),
  },
  {
    name: "listTechnicalUsers",
    act: "see",
    prepare:
      async ({ scope }) =>
      (actor) =>
        listTechnicalUsers(actor, scope),
  },
  {
    name: "auditObjects",
    act: "see the audit log",
    prepare:
      async ({ scope }) =>
      (actor) =>
        auditObjects(actor, scope, {}, []),
  },
  {
    name: "listAuditEvents",
    act: "see the audit log",
    prepare:
      async ({ scope }) =>
      (actor) =>
        listAuditEvents(actor, scope),
  },
  {
    name: "auditFilterNames",
    act: "see the audit log",
    prepare:
      async ({ scope, admin }) =>
      (actor) =>
        auditFilterNames(actor, scope, { actorId: admin.userId }),
  },
  {
    name: "exportAuditEvents",
    act: "see the audit log",
    prepare:
      async ({ scope }) =>
      (actor) =>
        exportAuditEvents(actor, scope, {}, "csv"),
  },
];

/** Queries that every technical user may use for its own token. */
export const ownTokenQueries: Record<string, (actor: TechnicalUser, scope: Scope) => Promise<unknown>> = {
  getAccessToken: (actor, scope) => getAccessToken(actor, scope, actor.accessTokenId),
  getTokenWithNetworks: (actor, scope) => getTokenWithNetworks(actor, scope, actor.accessTokenId),
  getTokenActivity: (actor, scope) => getTokenActivity(actor, scope, actor.accessTokenId),
  consequencesOf: (actor, scope) => consequencesOf(actor, scope, actor.accessTokenId),
  listAccesses: (actor, scope) => listAccesses(actor, scope, actor.accessTokenId),
  listRunners: (actor, scope) => listRunners(actor, scope, actor.accessTokenId),
  listVariables: (actor, scope) => listVariables(actor, scope, actor.accessTokenId),
};
