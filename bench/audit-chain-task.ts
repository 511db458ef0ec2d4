// A task: eight writers create access tokens in one organization until all their events are sealed.
import { createAccessToken } from "@/lib/access-tokens/create";
import { expiration } from "@/lib/access-tokens/expiration";
import { auditChainWork } from "@/server/background/audit-chain";
import { startTimer } from "@/server/background/timer";
import { createTenant } from "@/testing/tenant";

const writers = 8;
const seconds = Number(process.env.BENCH_SECONDS);

const { group } = await createTenant();
const expiresAt = expiration.parse(new Date(Date.now() + 86_400_000).toISOString());
let made = 0;
const create = () => createAccessToken(group.admin, group.scope, { name: `made ${made++}`, admin: false, expiresAt });

// The first run is the warm-up.
await createFor(1);
process.send?.(await createFor(seconds));

/** Creations per second, including the time the sealer needs at the end for the remaining events. */
async function createFor(seconds: number): Promise<number> {
  const stopSealer = startTimer(auditChainWork().work);
  const begun = performance.now();
  let done = 0;
  await Promise.all(
    Array.from({ length: writers }, async () => {
      for (; performance.now() < begun + seconds * 1000; done++) await create();
    }),
  );
  await stopSealer();
  return (done * 1000) / (performance.now() - begun);
}
