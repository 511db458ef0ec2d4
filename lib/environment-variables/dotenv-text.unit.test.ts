import { parse } from "dotenv";
import { describe, expect, it } from "vitest";
import { planOf } from "./dotenv-plan";
import { readDotenv } from "./dotenv-text";

const asObject = (text: string) =>
  Object.fromEntries(readDotenv(text).flatMap((line) => ("name" in line ? [[line.name, line.value]] : [])));

const texts = [
  "A=1\nB = 2\nexport C=3\nD: 4\n",
  "# comment\n\n  A=1 # not this\r\nB='x # y' # z\r\n",
  'A="one\\ntwo"\nB=\'one\\ntwo\'\nC=`it\'s "so"`\n',
  "KEY='-----BEGIN\nabc\n\ndef\n-----END'\nB=1",
  "A=\nB=\n\nC='x'\n",
  "A='unclosed\nB=2\n",
  "A=\n'x'\nB=1",
  "A\n=1\nB\n\n = 2",
  "A='a\\'\nB='#x'\nC=3",
  "A='x'y\nB=\"q\" 'r'\n",
  "a.b=1\nc-d=2\n1X=3\n",
  "A=1\u2028B=2\nC=3 # c\u2028D=4",
  "\uFEFFA=1",
  "A=1\rB=2\r\nC=3",
  "export\nA=1\nexport B=2",
  "nothing here\nA=1\n=x\n",
  "A=$(id)`id`\nB=\\\nC=a\\",
];

describe("a .env text", () => {
  it.each(texts)("is read as dotenv reads it: %j", (text) => {
    expect(asObject(text)).toEqual(parse(text.replace(/^\uFEFF/, "")));
  });

  it("is read as dotenv reads it, for random texts", () => {
    const pieces = [
      "A",
      "B1",
      "=",
      "=",
      ": ",
      "'",
      '"',
      "`",
      "#",
      "\n",
      "\n",
      "\r\n",
      " ",
      "\\",
      "x",
      "é",
      "export ",
      "\\n",
      "\r",
      "\u2028",
    ];
    let seed = 7;
    const next = () => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return seed / 2_147_483_648;
    };
    let compared = 0;
    for (let round = 0; round < 20_000; round++) {
      const text = Array.from({ length: 14 }, () => pieces[Math.floor(next() * pieces.length)]).join("");
      const isWholly = readDotenv(text).every((line) => "name" in line);
      compared += Number(isWholly);
      if (isWholly || !text.includes("\u2028")) expect(asObject(text), JSON.stringify(text)).toEqual(parse(text));
    }
    expect(compared).toBeGreaterThan(100);
  });

  it("gives the line of each variable and of each invalid line", () => {
    const text = "A=1\n\n# c\nK='x\ny'\nwhat is this\nB=2\n__proto__=3";
    expect(readDotenv(text)).toEqual([
      { line: 1, name: "A", value: "1" },
      { line: 4, name: "K", value: "x\ny" },
      { line: 6, problem: "This is not NAME=value." },
      { line: 7, name: "B", value: "2" },
      { line: 8, problem: "dotenv can't read __proto__." },
    ]);
  });

  it("yields no names from an unquoted key of many lines", () => {
    const key =
      "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIEow=\nIBAAKC==\n-----END RSA PRIVATE KEY-----";
    const problem = "Put a value of many lines in quotes.";
    const refused = [2, 3, 5, 6, 7].map((line) => ({ line, problem }));
    const [before, after] = [
      { line: 1, name: "A", value: "1" },
      { line: 8, name: "B", value: "2" },
    ];
    for (const begin of ["KEY=", "export KEY: ", 'KEY="', ""]) {
      expect(readDotenv(`A=1\n${begin}${key}\nB=2`)).toEqual([before, ...refused, after]);
    }
    const cut = key.slice(0, key.indexOf("\n-----END"));
    expect(readDotenv(`A=1\nKEY=${cut}`)).toEqual([before, ...refused.slice(0, -1)]);
    const quoted = readDotenv(`A=1\nKEY='${key}'\nB=2`);
    expect(quoted).toEqual([before, { line: 2, name: "KEY", value: key }, after]);
    const inOneLine = key.replaceAll("\n", "\\n");
    expect(readDotenv(`A=1\nKEY=${inOneLine}`)).toEqual([before, { line: 2, name: "KEY", value: inOneLine }]);
  });

  it.each(["\n", "A='\n", "A\n\n", "'", " \t", "A=\\'", "#\n", 'A="\\"\n', "A=\n", "K=-----BEGIN\n"])(
    "is read in linear time for %j",
    { timeout: 60_000 },
    (piece) => {
      // Quadratic time would take minutes for a text of this size, and linear time a fraction of a second.
      const text = piece.repeat((1024 * 1024) / piece.length);
      expect(() => readDotenv(text)).not.toThrow();
      expect(planOf(text, [])).toBeDefined();
    },
  );
});
