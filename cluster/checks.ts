import { type Answer, isGood, isOf, type Kind } from "./load";
import type { Check } from "./report";

/** What a fault has shown. `afterwards` are the answers to a look at everything, once all is well again. */
type Observed = {
  answers: Answer[];
  afterwards: Answer[];
  unharmed: Kind[];
  isAnsweredAgain: boolean;
  acknowledged: number;
  lost: number;
  accepted: number;
  refused: number;
  connections: number;
  mostConnections: number;
  areInstancesRunning: boolean;
  isAuditLogIntact: boolean;
};

/** What must hold after each fault, and that the requests which it may not harm were all answered well. */
export function checksOf(observed: Observed): Check[] {
  const { answers, afterwards, acknowledged, lost, connections, mostConnections } = observed;
  const bad = answers.filter((answer) => !isGood(answer));
  const [unavailable, other] = [bad.filter(is503), bad.filter((answer) => !is503(answer))];
  const statuses = new Set(other.map(({ kind, status }) => `${status || "no answer"} (${kind})`));
  return [
    { what: "authentication and writes are answered again", isPassed: observed.isAnsweredAgain },
    { what: `${lost} of ${acknowledged} acknowledged writes lost`, isPassed: lost === 0 && acknowledged > 0 },
    none(observed.accepted, "revoked tokens accepted"),
    none(observed.refused, "good tokens refused with 401"),
    none(other.length, ["failures that are not 503", ...statuses].join(", ")),
    none(unavailable.filter(({ saysWhen }) => !saysWhen).length, "answers 503 without Retry-After"),
    none(afterwards.filter((answer) => !isGood(answer)).length, `of ${afterwards.length} requests failed afterwards`),
    {
      what: `${connections} connections, at most ${mostConnections} documented`,
      isPassed: connections > 0 && connections <= mostConnections,
    },
    { what: "no instance has ended", isPassed: observed.areInstancesRunning },
    { what: "audit:verify finds nothing", isPassed: observed.isAuditLogIntact },
    ...observed.unharmed.map((kind): Check => {
      const [failed, asked] = [bad.filter(isOf(kind)).length, answers.filter(isOf(kind)).length];
      return { what: `${failed} of ${asked} requests failed (${kind})`, isPassed: failed === 0 && asked > 0 };
    }),
  ];
}

function is503({ status }: Answer): boolean {
  return status === 503;
}

function none(count: number, what: string): Check {
  return { what: `${count} ${what}`, isPassed: count === 0 };
}
