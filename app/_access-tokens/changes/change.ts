export const changes = ["revoke", "reactivate", "delete"] as const;
export type Change = (typeof changes)[number];
