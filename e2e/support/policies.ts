export { createToken as createInDomain, inDays } from "@/testing/access-tokens";
export { setPolicy, storePolicy } from "@/testing/policies/policies";
