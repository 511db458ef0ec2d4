import { getChangePlan } from "@/lib/access-token-list/change-plan";
import { listAccessTokens, listWithOverview } from "@/lib/access-token-list/queries";
import { getRevoker, getTokenActivity, getTokenWithNetworks } from "@/lib/access-tokens/activity/queries";
import { deleteAccessToken, reactivateAccessToken, revokeAccessToken } from "@/lib/access-tokens/change";
import { changeAccessTokens } from "@/lib/access-tokens/change-many";
import { createAccessToken } from "@/lib/access-tokens/create";
import { editAccessToken } from "@/lib/access-tokens/edit";
import { consequencesOf, getAccessToken } from "@/lib/access-tokens/queries";
import { deleteSecret } from "@/lib/access-tokens/rotation/delete-secret";
import { cancelRotation, completeRotation } from "@/lib/access-tokens/rotation/end";
import { getCredentials, getPendingRotation } from "@/lib/access-tokens/rotation/queries";
import { rotateAccessToken } from "@/lib/access-tokens/rotation/rotate";
import { getComingRevocation } from "@/lib/access-tokens/unused/queries";
import { exportAuditEvents } from "@/lib/audit-log/export";
import { auditFilterNames } from "@/lib/audit-log/names";
import { auditObjects } from "@/lib/audit-log/objects";
import { listAuditEvents } from "@/lib/audit-log/queries";
import type { Actor, Person, TechnicalUser } from "@/lib/auth/actor";
import type { Scope } from "@/lib/auth/scope";
import { createCalendar, revokeCalendar } from "@/lib/calendars/change";
import { getCalendar } from "@/lib/calendars/queries";
import { removeVariable, setVariable } from "@/lib/environment-variables/change";
import { applyDotenv, planDotenv } from "@/lib/environment-variables/dotenv-import";
import { getVariable, listVariables } from "@/lib/environment-variables/queries";
import { listPeople, listTechnicalUsers } from "@/lib/members/queries";
import { noPolicy } from "@/lib/policies/policy";
import { getBounds, getPolicy, tokensThatDontMeet } from "@/lib/policies/queries";
import { savePolicy } from "@/lib/policies/save";
import { addTrustedPipeline } from "@/lib/trusted-pipelines/add";
import { findProject } from "@/lib/trusted-pipelines/projects/find-project";
import { listRefusedExchanges, listTrustedPipelines } from "@/lib/trusted-pipelines/queries";
import { removeTrustedPipeline } from "@/lib/trusted-pipelines/remove";
import { addAccess, addAccessInput } from "@/lib/version-control/add";
import { checkAgain, removeAccess, replaceToken } from "@/lib/version-control/change";
import { editAccess } from "@/lib/version-control/edit";
import { getAccess, listAccesses, listAccessRunners, listRunners } from "@/lib/version-control/queries";
import { createToken, tokenInput } from "@/testing/access-tokens";
import { addPipeline, pipelineInput, trustPipeline } from "@/testing/pipelines/pipelines";
import { gitlabToken, target } from "@/testing/stand-ins/gitlab-credentials";
import type { Permitted } from "./command";

/** A group or an organization, with an admin of its access tokens. */
export type TokenOwner = { scope: Scope; admin: Person; gitlabUrl: string };
type Prepared = { tokenId: string; accessId: string };

const variable = { name: "PLACE", value: "here" };
const dotenv = { text: "PLACE=there", expected: { PLACE: null }, leaveOutRefused: false };
const credential = { token: gitlabToken("groupBot"), acceptPersonalToken: false };

const newToken = ({ admin, scope }: TokenOwner) => createToken(admin, scope);

/** Prepares a new token in the scope, which is never the actor's own. */
function onToken(
  run: (actor: Actor, tokenId: string) => Promise<unknown>,
  prepareToken?: (place: TokenOwner, tokenId: string) => Promise<unknown>,
) {
  return async (place: TokenOwner) => {
    const { id } = await newToken(place);
    await prepareToken?.(place, id);
    return (actor: Actor) => run(actor, id);
  };
}

const trusting = async ({ admin }: TokenOwner, tokenId: string) => trustPipeline(await getAccessToken(admin, tokenId));

const rotated = ({ admin }: TokenOwner, tokenId: string) =>
  rotateAccessToken(admin, tokenId, { oldSecret: "on_first_use" });

function onAccess(run: (actor: Actor, prepared: Prepared) => Promise<unknown>) {
  return async (place: TokenOwner) => {
    const { id: tokenId } = await newToken(place);
    const { id: accessId } = await addAccess(place.admin, tokenId, accessInput(place));
    return (actor: Actor) => run(actor, { tokenId, accessId });
  };
}

function accessInput({ gitlabUrl }: TokenOwner) {
  const target = { tokenScope: "project", targetId: "123", token: gitlabToken("projectBot") };
  return addAccessInput.parse({ providerType: "gitlab", providerUrl: gitlabUrl, ...target });
}

export const tokenCommands: Permitted<TokenOwner>[] = [
  {
    name: "listAccessTokens",
    act: "see the tokens",
    prepare:
      async ({ scope }) =>
      (actor) =>
        listAccessTokens(actor, scope),
  },
  {
    name: "listWithOverview",
    act: "see the tokens",
    prepare:
      async ({ scope }) =>
      (actor) =>
        listWithOverview(actor, scope, { countUpTo: 1001 }),
  },
  {
    name: "getBounds",
    act: "see the tokens",
    prepare:
      async ({ scope }) =>
      (actor) =>
        getBounds(actor, scope),
  },
  {
    name: "getPolicy",
    act: "change the settings",
    prepare:
      async ({ scope }) =>
      (actor) =>
        getPolicy(actor, scope),
  },
  {
    name: "tokensThatDontMeet",
    act: "change the settings",
    prepare:
      async ({ scope }) =>
      (actor) =>
        tokensThatDontMeet(actor, scope, noPolicy),
  },
  {
    name: "savePolicy",
    act: "change the settings",
    prepare: async ({ scope, admin }) => {
      const { stored } = await getPolicy(admin, scope);
      const longestLifetimeDays = (stored.longestLifetimeDays ?? 300) - 1;
      return (actor) => savePolicy(actor, scope, { ...stored, longestLifetimeDays }, stored);
    },
  },
  { name: "getAccessToken", act: "see a token", prepare: onToken((actor, id) => getAccessToken(actor, id)) },
  {
    name: "getTokenWithNetworks",
    act: "see a token",
    prepare: onToken((actor, id) => getTokenWithNetworks(actor, id)),
  },
  { name: "getTokenActivity", act: "see a token", prepare: onToken((actor, id) => getTokenActivity(actor, id)) },
  {
    name: "getRevoker",
    act: "see the audit log",
    prepare: async (place) => {
      const { id } = await newToken(place);
      return (actor) => getRevoker(actor, place.scope, { id, revokedAt: new Date() });
    },
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
    prepare: onToken((actor, id) => editAccessToken(actor, id, { name: `${id} renamed` })),
  },
  { name: "revokeAccessToken", act: "manage a token", prepare: onToken(revokeAccessToken) },
  {
    name: "reactivateAccessToken",
    act: "manage a token",
    prepare: onToken(reactivateAccessToken, ({ admin }, id) => revokeAccessToken(admin, id)),
  },
  {
    name: "getChangePlan",
    act: "see the tokens",
    prepare: async (place) => {
      const { id } = await newToken(place);
      return (actor) => getChangePlan(actor, place.scope, "delete", { ids: [id] });
    },
  },
  {
    name: "changeAccessTokens",
    act: "manage a token",
    prepare: async (place) => {
      const token = await newToken(place);
      const expected = [{ id: token.id, revision: token.revision }];
      return (actor) => changeAccessTokens(actor, place.scope, "delete", expected);
    },
  },
  {
    name: "rotateAccessToken",
    act: "rotate a token",
    prepare: onToken((actor, id) => rotateAccessToken(actor, id, { oldSecret: "on_first_use" })),
  },
  { name: "completeRotation", act: "rotate a token", prepare: onToken(completeRotation, rotated) },
  { name: "cancelRotation", act: "rotate a token", prepare: onToken(cancelRotation, rotated) },
  { name: "deleteSecret", act: "rotate a token", prepare: onToken(deleteSecret, trusting) },
  { name: "getCredentials", act: "see a token", prepare: onToken(getCredentials) },
  { name: "getComingRevocation", act: "see a token", prepare: onToken(getComingRevocation) },
  { name: "getPendingRotation", act: "see a token", prepare: onToken(getPendingRotation, rotated) },
  { name: "deleteAccessToken", act: "manage a token", prepare: onToken(deleteAccessToken) },

  { name: "listAccesses", act: "see a token", prepare: onToken(listAccesses) },
  { name: "listRunners", act: "see a token", prepare: onToken(listRunners) },
  {
    name: "getAccess",
    act: "see a token",
    prepare: onAccess((actor, { tokenId, accessId }) => getAccess(actor, tokenId, accessId)),
  },
  {
    name: "listAccessRunners",
    act: "see a token",
    prepare: onAccess((actor, { tokenId, accessId }) => listAccessRunners(actor, tokenId, accessId)),
  },
  {
    name: "addAccess",
    act: "see a token",
    prepare: async (place) => {
      const { id } = await newToken(place);
      return (actor) => addAccess(actor, id, accessInput(place));
    },
  },
  {
    name: "checkAgain",
    act: "see a token",
    prepare: onAccess((actor, { tokenId, accessId }) => checkAgain(actor, tokenId, accessId)),
  },
  {
    name: "replaceToken",
    act: "see a token",
    prepare: onAccess((actor, { tokenId, accessId }) => replaceToken(actor, tokenId, accessId, credential)),
  },
  {
    name: "editAccess",
    act: "see a token",
    prepare: onAccess((actor, { tokenId, accessId }) => editAccess(actor, tokenId, accessId, { allowedTags: ["hil"] })),
  },
  {
    name: "removeAccess",
    act: "manage a token",
    prepare: onAccess((actor, { tokenId, accessId }) => removeAccess(actor, tokenId, accessId)),
  },

  { name: "listVariables", act: "see a token", prepare: onToken(listVariables) },
  {
    name: "getVariable",
    act: "see a token",
    prepare: onToken(
      (actor, id) => getVariable(actor, id, variable.name),
      ({ admin }, id) => setVariable(admin, id, variable),
    ),
  },
  {
    name: "setVariable",
    act: "manage a token",
    prepare: onToken((actor, id) => setVariable(actor, id, variable)),
  },
  {
    name: "removeVariable",
    act: "manage a token",
    prepare: onToken(
      (actor, id) => removeVariable(actor, id, { name: variable.name }),
      ({ admin }, id) => setVariable(admin, id, variable),
    ),
  },
  {
    name: "planDotenv",
    act: "see a token",
    prepare: onToken((actor, id) => planDotenv(actor, id, dotenv.text)),
  },
  {
    name: "applyDotenv",
    act: "manage a token",
    prepare: onToken((actor, id) => applyDotenv(actor, id, dotenv)),
  },

  { name: "listTrustedPipelines", act: "see a token", prepare: onToken(listTrustedPipelines) },
  { name: "listRefusedExchanges", act: "see a token", prepare: onToken(listRefusedExchanges) },
  {
    name: "addTrustedPipeline",
    act: "change a token's pipelines",
    prepare: onToken((actor, id) => addTrustedPipeline(actor, id, pipelineInput())),
  },
  {
    name: "removeTrustedPipeline",
    act: "change a token's pipelines",
    prepare: async (place) => {
      const { id: tokenId } = await newToken(place);
      const { id } = await addPipeline(place.admin, tokenId);
      return (actor) => removeTrustedPipeline(actor, tokenId, id);
    },
  },
  {
    name: "findProject",
    act: "change a token's pipelines",
    prepare: async (place) => {
      const { id } = await newToken(place);
      await addAccess(place.admin, id, accessInput(place));
      const wanted = { providerType: "gitlab", providerUrl: place.gitlabUrl, project: target.project.path } as const;
      return (actor) => findProject(actor, id, wanted);
    },
  },

  {
    name: "getCalendar",
    act: "change the settings",
    prepare:
      async ({ scope }) =>
      (actor) =>
        getCalendar(actor, scope),
  },
  {
    name: "createCalendar",
    act: "change the settings",
    prepare: async ({ scope, admin }) => {
      if (await getCalendar(admin, scope)) await revokeCalendar(admin, scope);
      return (actor) => createCalendar(actor, scope);
    },
  },
  {
    name: "revokeCalendar",
    act: "change the settings",
    prepare: async ({ scope, admin }) => {
      if (!(await getCalendar(admin, scope))) await createCalendar(admin, scope);
      return (actor) => revokeCalendar(actor, scope);
    },
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
export const ownTokenQueries: Record<string, (actor: TechnicalUser) => Promise<unknown>> = {
  getAccessToken: (actor) => getAccessToken(actor, actor.accessTokenId),
  getTokenWithNetworks: (actor) => getTokenWithNetworks(actor, actor.accessTokenId),
  getTokenActivity: (actor) => getTokenActivity(actor, actor.accessTokenId),
  consequencesOf: (actor) => consequencesOf(actor, actor.accessTokenId),
  getCredentials: (actor) => getCredentials(actor, actor.accessTokenId),
  getComingRevocation: (actor) => getComingRevocation(actor, actor.accessTokenId),
  getPendingRotation: (actor) => getPendingRotation(actor, actor.accessTokenId),
  listAccesses: (actor) => listAccesses(actor, actor.accessTokenId),
  listRunners: (actor) => listRunners(actor, actor.accessTokenId),
  listVariables: (actor) => listVariables(actor, actor.accessTokenId),
  listTrustedPipelines: (actor) => listTrustedPipelines(actor, actor.accessTokenId),
  listRefusedExchanges: (actor) => listRefusedExchanges(actor, actor.accessTokenId),
};
