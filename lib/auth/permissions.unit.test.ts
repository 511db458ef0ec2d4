import { expect, test } from "vitest";
import type { UserKind } from "@/db/enums";
import { permissionsInGroup, permissionsInOrganization, type Roles } from "./permissions";

const groupTable: [string, UserKind, Roles, string[]][] = [
  [
    "group admin",
    "person",
    { group: "group_admin", organization: "organization_user" },
    [
      "access-tokens:create",
      "access-tokens:manage",
      "access-tokens:read",
      "access-tokens:rotate",
      "audit:read",
      "group:read",
      "members:manage",
      "settings:manage",
      "trusted-pipelines:manage",
    ],
  ],
  ["group user", "person", { group: "group_user", organization: "organization_user" }, ["group:read"]],
  ["organization admin", "person", { organization: "organization_admin" }, ["group:read", "members:manage"]],
  [
    "organization admin who is group admin",
    "person",
    { group: "group_admin", organization: "organization_admin" },
    [
      "access-tokens:create",
      "access-tokens:manage",
      "access-tokens:read",
      "access-tokens:rotate",
      "audit:read",
      "group:read",
      "members:manage",
      "settings:manage",
      "trusted-pipelines:manage",
    ],
  ],
  ["organization user without the group", "person", { organization: "organization_user" }, []],
  ["stranger", "person", {}, []],
  [
    "technical user, admin role",
    "technical",
    { group: "group_admin" },
    ["access-tokens:manage", "access-tokens:read", "audit:read", "group:read"],
  ],
  ["technical user, user role", "technical", { group: "group_user" }, ["group:read"]],
  [
    "organization token, admin role",
    "technical",
    { organization: "organization_admin" },
    ["access-tokens:manage", "access-tokens:read", "audit:read", "group:read"],
  ],
  ["organization token, user role", "technical", { organization: "organization_user" }, ["group:read"]],
  ["technical user of elsewhere", "technical", {}, []],
];
test.each(groupTable)("in a group: %s", (_name, actor, roles, allowed) => {
  expect([...permissionsInGroup(actor, roles)].sort()).toEqual(allowed);
});

const organizationTable: [string, UserKind, Roles, string[]][] = [
  [
    "organization admin",
    "person",
    { organization: "organization_admin" },
    [
      "access-tokens:create",
      "access-tokens:manage",
      "access-tokens:read",
      "access-tokens:rotate",
      "audit:read",
      "groups:manage",
      "members:manage",
      "organization:read",
      "settings:manage",
      "trusted-pipelines:manage",
    ],
  ],
  [
    "organization token, admin role",
    "technical",
    { organization: "organization_admin" },
    ["access-tokens:manage", "access-tokens:read", "audit:read", "organization:read"],
  ],
  ["group admin", "person", { group: "group_admin", organization: "organization_user" }, ["organization:read"]],
  ["organization user", "person", { organization: "organization_user" }, ["organization:read"]],
  ["stranger", "person", {}, []],
];
test.each(organizationTable)("in an organization: %s", (_name, actor, roles, allowed) => {
  expect([...permissionsInOrganization(actor, roles)].sort()).toEqual(allowed);
});
