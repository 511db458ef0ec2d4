import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";

/** The answer for a name: its addresses, of which those of the asked family are sent, an alias before them, or a fault. */
type Said = { addresses?: string[]; alias?: string; fault?: keyof typeof faults | "silence" };
type Asked = { name: string; family: 4 | 6 };

const faults = { formerr: 1, servfail: 2, nxdomain: 3, notimp: 4, refused: 5 };
const types = { A: 1, CNAME: 5, AAAA: 28 };

/** A name server (RFC 1035) on a free UDP port. `asked` has its questions in lower case. */
export async function startNameServer(say: (asked: Asked) => Said) {
  const socket = createSocket("udp4");
  const asked: Asked[] = [];
  socket.on("message", (query, { port, address }) => {
    const { name, type, end } = readQuestion(query);
    const question = { name, family: type === types.AAAA ? (6 as const) : (4 as const) };
    asked.push(question);
    const said = say(question);
    if (said.fault !== "silence") socket.send(answer(query.subarray(0, end), question, said), port, address);
  });
  await once(socket.bind(0, "127.0.0.1"), "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    asked,
    close: async () => {
      socket.close();
      await once(socket, "close");
    },
  };
}

function readQuestion(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = [];
  let place = 12;
  for (let length = query[place] ?? 0; length > 0; length = query[place] ?? 0) {
    labels.push(query.toString("latin1", place + 1, place + 1 + length));
    place += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), type: query.readUInt16BE(place + 1), end: place + 5 };
}

function answer(question: Buffer, { family }: Asked, { addresses = [], alias, fault }: Said): Buffer {
  const fitting = addresses.filter((address) => isIPv6(address) === (family === 6));
  const owner = alias ? encodeName(alias) : Buffer.from([0xc0, 12]);
  const records = fitting.map((address) => record(owner, family === 6 ? types.AAAA : types.A, encodeAddress(address)));
  if (alias) records.unshift(record(Buffer.from([0xc0, 12]), types.CNAME, encodeName(alias)));
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(0x8180 | (fault && fault !== "silence" ? faults[fault] : 0), 2);
  header.writeUInt16BE(records.length, 6);
  header.writeUInt32BE(0, 8);
  return Buffer.concat([header, question.subarray(12), ...records]);
}

function record(owner: Buffer, type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(10);
  head.writeUInt16BE(type, 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt32BE(60, 4);
  head.writeUInt16BE(data.length, 8);
  return Buffer.concat([owner, head, data]);
}

function encodeName(name: string): Buffer {
  const labels = name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)]));
  return Buffer.concat([...labels, Buffer.from([0])]);
}

function encodeAddress(address: string): Buffer {
  if (!isIPv6(address)) return Buffer.from(address.split(".").map(Number));
  const [head = "", tail = ""] = address.split("::");
  const [left, right] = [head, tail].map((part) => (part ? part.split(":") : []));
  const groups = [
    ...(left ?? []),
    ...Array(8 - (left ?? []).length - (right ?? []).length).fill("0"),
    ...(right ?? []),
  ];
  return Buffer.from(groups.map((group) => group.padStart(4, "0")).join(""), "hex");
}
