/** The outcome: done, or refused with this code. */
export type Verdict = "done" | "forbidden" | "people_only" | "not_found";

export const groupTargets = ["own group", "other group", "foreign group"] as const;
export const organizationTargets = ["own organization", "foreign organization"] as const;
export type Target = (typeof groupTargets)[number] | (typeof organizationTargets)[number];

/** An actor's standing in a group: a column of product.md's table. */
type GroupStanding = "group admin" | "group user" | "organization admin" | "technical admin" | "technical user";
type OrganizationStanding = "organization admin" | "member" | "technical admin" | "technical user" | "group's token";

export const persons = [
  "group admin",
  "group user",
  "organization admin",
  "organization admin, also group admin",
  "organization user",
  "stranger",
] as const;
export const tokens = [
  "group token, admin role",
  "group token, user role",
  "organization token, admin role",
  "organization token, user role",
] as const;
export type PersonName = (typeof persons)[number];
export type ActorName = PersonName | (typeof tokens)[number];

type Standings = {
  ownGroup?: GroupStanding;
  otherGroup?: GroupStanding;
  organization?: OrganizationStanding;
};

/** Each actor's standings. Without one, and in every other organization, an actor is an outsider. */
const standings: Record<ActorName, Standings> = {
  "group admin": { ownGroup: "group admin", organization: "member" },
  "group user": { ownGroup: "group user", organization: "member" },
  "organization admin": {
    ownGroup: "organization admin",
    otherGroup: "organization admin",
    organization: "organization admin",
  },
  "organization admin, also group admin": {
    ownGroup: "group admin",
    otherGroup: "organization admin",
    organization: "organization admin",
  },
  "organization user": { organization: "member" },
  stranger: {},
  "group token, admin role": { ownGroup: "technical admin", organization: "group's token" },
  "group token, user role": { ownGroup: "technical user", organization: "group's token" },
  "organization token, admin role": {
    ownGroup: "technical admin",
    otherGroup: "technical admin",
    organization: "technical admin",
  },
  "organization token, user role": {
    ownGroup: "technical user",
    otherGroup: "technical user",
    organization: "technical user",
  },
};

export type Act =
  | "see"
  /** Members and roles; in an organization also groups and invitations. */
  | "manage"
  | "see the tokens"
  | "see a token"
  | "see the audit log"
  | "create a token"
  | "manage a token"
  /** Another token than the actor's own. */
  | "rotate a token"
  /** Adding and removing. */
  | "change a token's pipelines"
  /** Policies and notifications. */
  | "change the settings";

/** product.md, "Who may do what". A token that the actor may not see answers as if it didn't exist. */
const inGroup: Record<Act, Record<GroupStanding, Verdict>> = {
  see: groupRow("done", "done", "done", "done", "done"),
  manage: groupRow("done", "forbidden", "done", "forbidden", "forbidden"),
  "see the tokens": groupRow("done", "forbidden", "forbidden", "done", "forbidden"),
  "see a token": groupRow("done", "not_found", "not_found", "done", "not_found"),
  "see the audit log": groupRow("done", "forbidden", "forbidden", "done", "forbidden"),
  "create a token": groupRow("done", "forbidden", "forbidden", "people_only", "people_only"),
  "manage a token": groupRow("done", "forbidden", "forbidden", "done", "forbidden"),
  "rotate a token": groupRow("done", "forbidden", "forbidden", "forbidden", "forbidden"),
  "change a token's pipelines": groupRow("done", "forbidden", "forbidden", "people_only", "people_only"),
  "change the settings": groupRow("done", "forbidden", "forbidden", "forbidden", "forbidden"),
};

const inOrganization: Record<Act, Record<OrganizationStanding, Verdict>> = {
  see: organizationRow("done", "done", "done", "done", "done"),
  manage: organizationRow("done", "forbidden", "forbidden", "forbidden", "forbidden"),
  "see the tokens": organizationRow("done", "forbidden", "done", "forbidden", "forbidden"),
  "see a token": organizationRow("done", "not_found", "done", "not_found", "not_found"),
  "see the audit log": organizationRow("done", "forbidden", "done", "forbidden", "forbidden"),
  "create a token": organizationRow("done", "forbidden", "people_only", "people_only", "people_only"),
  "manage a token": organizationRow("done", "forbidden", "done", "forbidden", "forbidden"),
  "rotate a token": organizationRow("done", "forbidden", "forbidden", "forbidden", "forbidden"),
  "change a token's pipelines": organizationRow("done", "forbidden", "people_only", "people_only", "people_only"),
  "change the settings": organizationRow("done", "forbidden", "forbidden", "forbidden", "forbidden"),
};

/** The outcome that the table gives for the actor, the act and the target. */
export function verdictOf(actor: ActorName, target: Target, act: Act): Verdict {
  const { ownGroup, otherGroup, organization } = standings[actor];
  switch (target) {
    case "own group":
      return ownGroup ? inGroup[act][ownGroup] : "not_found";
    case "other group":
      return otherGroup ? inGroup[act][otherGroup] : "not_found";
    case "own organization":
      return organization ? inOrganization[act][organization] : "not_found";
    default:
      return "not_found";
  }
}

function groupRow(
  groupAdmin: Verdict,
  groupUser: Verdict,
  organizationAdmin: Verdict,
  technicalAdmin: Verdict,
  technicalUser: Verdict,
): Record<GroupStanding, Verdict> {
  return {
    "group admin": groupAdmin,
    "group user": groupUser,
    "organization admin": organizationAdmin,
    "technical admin": technicalAdmin,
    "technical user": technicalUser,
  };
}

function organizationRow(
  organizationAdmin: Verdict,
  member: Verdict,
  technicalAdmin: Verdict,
  technicalUser: Verdict,
  groupToken: Verdict,
): Record<OrganizationStanding, Verdict> {
  return {
    "organization admin": organizationAdmin,
    member,
    "technical admin": technicalAdmin,
    "technical user": technicalUser,
    "group's token": groupToken,
  };
}
