// A task: exchanges of ID tokens and bare verifications of the same ID token by jose, in turn, by the same number of
// callers. The ID token is a GitLab job's, which is exchanged until it expires; its issuer's key is pasted.
import { createLocalJWKSet, jwtVerify } from "jose";
import { publicAddress } from "@/lib/process/public-address";
import { exchangeIdToken } from "@/lib/trusted-pipelines/exchange/exchange";
import { createToken } from "@/testing/access-tokens";
import { createPipelineToken } from "@/testing/pipelines/pipeline-scene";
import { trustPipeline } from "@/testing/pipelines/pipelines";
import { createSigner, gitlabClaims } from "@/testing/stand-ins/pipeline-issuer";

const callers = Number(process.env.BENCH_CALLERS);
const seconds = Number(process.env.BENCH_SECONDS);
const rounds = Number(process.env.BENCH_ROUNDS);
/** A token is given 600 secrets in a minute. */
const tokens = 200;

const { jwk, sign } = await createSigner();
const scene = await createPipelineToken();
const ids: string[] = [];
for (let made = 0; made < tokens; made++) {
  const token = await createToken(scene.admin, scene.scope);
  await trustPipeline(token, { publicKeys: { keys: [{ ...jwk }] } });
  ids.push(token.id);
}
const subjectToken = await sign({
  iss: "https://gitlab.example.com",
  aud: publicAddress(),
  ...gitlabClaims,
  exp: inAnHour(),
});
const keys = createLocalJWKSet({ keys: [jwk] });

let next = 0;
const exchange = async () => {
  next = (next + 1) % tokens;
  if (!(await exchangeIdToken({ clientId: ids[next] ?? "", subjectToken }))) throw new Error("an exchange was refused");
};
const verify = () => jwtVerify(subjectToken, keys, { algorithms: ["RS256"] });

const laps: { exchanged: number; verified: number }[] = [];
for (let round = -1; round < rounds; round++) {
  const lap = { exchanged: await perSecond(exchange), verified: await perSecond(verify) };
  // The first round is the warm-up.
  if (round >= 0) laps.push(lap);
}
process.send?.(laps);
// Background work of the modules would keep the process alive.
process.on("disconnect", () => process.exit());

async function perSecond(work: () => Promise<unknown>): Promise<number> {
  const end = performance.now() + seconds * 1000;
  let done = 0;
  await Promise.all(
    Array.from({ length: callers }, async () => {
      for (; performance.now() < end; done++) await work();
    }),
  );
  return done / seconds;
}

function inAnHour(): number {
  return Math.floor(Date.now() / 1000) + 3600;
}
