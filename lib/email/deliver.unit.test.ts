import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import { mailCertificate, startMailServer } from "@/testing/stand-ins/mail-server";
import { deliver, type Mail } from "./deliver";
import { failureSentence } from "./failure";

const from = "veHaaS <vehaas@example.com>";
const mail: Mail = { to: "ada@example.com", subject: "Hello", text: "Plain …", html: "<p>Rich …</p>" };
const quick = { connection: 300, whole: 600 };

async function mailServer(options: Parameters<typeof startMailServer>[0] = {}) {
  const server = await startMailServer(options);
  onTestFinished(server.close);
  return server;
}

/** A server that runs only the handler. */
async function rawServer(handle: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = [];
  const server: Server = createServer((socket) => {
    sockets.push(socket.on("error", () => {}));
    handle(socket);
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  return `smtp://localhost:${typeof address === "object" ? address?.port : ""}`;
}

async function failure(url: string, given: Partial<Mail> = {}, limits?: typeof quick): Promise<string> {
  try {
    await deliver({ ...mail, ...given }, { url, from }, limits);
  } catch (error) {
    return failureSentence(error);
  }
  throw new Error("it was delivered");
}

describe("a message", () => {
  test("arrives as plain text and as HTML", async () => {
    const server = await mailServer();
    await deliver(mail, { url: server.url, from });
    expect(server.received).toMatchObject([{ from: "vehaas@example.com", to: ["ada@example.com"] }]);
    const [{ body } = { body: "" }] = server.received;
    expect(body).toMatch(/^From: veHaaS <vehaas@example\.com>\r$/m);
    expect(body).toMatch(/^To: ada@example\.com\r$/m);
    expect(body).toMatch(/^Subject: Hello\r$/m);
    expect(body).toMatch(/text\/plain[\s\S]*Plain …[\s\S]*text\/html[\s\S]*<p>Rich …<\/p>/);
  });

  test.each([
    "x\r\nBcc: eve@example.com",
    "x\nBcc: eve@example.com",
    "x\u2028Bcc: eve@example.com",
    "x\rBcc: eve@example.com",
  ])("with the subject %j gets no extra header", async (subject) => {
    const server = await mailServer();
    await deliver({ ...mail, subject }, { url: server.url, from });
    expect(server.received[0]?.to).toEqual(["ada@example.com"]);
    expect(server.received[0]?.raw).toMatch(/^Subject: x Bcc: eve@example\.com\r$/m);
    expect(server.received[0]?.raw).not.toMatch(/^Bcc:/im);
  });

  test.each(["eve@example.com,ada@example.com", "<eve@example.com>,ada@example.com", "x:eve,ada@example.com;"])(
    "goes to one address or to none: %s",
    async (to) => {
      const server = await mailServer();
      await deliver({ ...mail, to }, { url: server.url, from }).catch(() => {});
      const recipients = server.received.flatMap((received) => received.to);
      expect(recipients).not.toContain("eve@example.com");
      expect(recipients).not.toContain("ada@example.com");
    },
  );

  test("is authenticated with the user and password of the URL", async () => {
    const seen: unknown[] = [];
    const server = await mailServer({
      allowInsecureAuth: true,
      onAuth({ username, password }, _session, done) {
        seen.push(username, password);
        done(null, { user: username });
      },
    });
    await deliver(mail, { url: server.url.replace("//", "//ada%40example.com:p%40ss%3A@"), from });
    expect(seen).toEqual(["ada@example.com", "p@ss:"]);
    expect(server.received).toHaveLength(1);
  });
});

describe("a failure's message", () => {
  test("says that nobody listens", async () => {
    const server = await startMailServer();
    await server.close();
    expect(await failure(server.url)).toBe("the mail server could not be reached.");
  });

  test("says that the password is wrong", async () => {
    const server = await mailServer({
      allowInsecureAuth: true,
      onAuth: (_auth, _session, done) => done(new Error("no")),
    });
    expect(await failure(server.url.replace("//", "//ada:wrong@"))).toBe(
      "the mail server refused our user name or password.",
    );
  });

  test("says that the recipient is refused", async () => {
    const server = await mailServer({
      onRcptTo: (_address, _session, done) =>
        done(Object.assign(new Error("No such user\there"), { responseCode: 550 })),
    });
    expect(await failure(server.url)).toBe("the mail server answered “550 No such user here”.");
  });

  test("says that the address can't be sent", async () => {
    const server = await mailServer();
    expect(await failure(server.url, { to: "" })).toBe("the mail server can’t take this address.");
    expect(server.received).toEqual([]);
  });
});

describe("a slow server", () => {
  const silent: [string, (socket: Socket) => void][] = [
    ["never greets", () => {}],
    ["greets and falls silent", (socket) => socket.write("220 hello\r\n")],
    [
      "answers one letter at a time",
      (socket) => {
        socket.write("220 hello\r\n");
        const drip = setInterval(() => socket.write("2"), 50);
        socket.on("close", () => clearInterval(drip));
      },
    ],
  ];
  test.each(silent)("%s is disconnected at the timeout", async (_what, handle) => {
    const closed: Promise<unknown>[] = [];
    const url = await rawServer((socket) => {
      closed.push(once(socket.resume(), "close"));
      handle(socket);
    });
    expect(await failure(url, {}, quick)).toBe("the mail server did not answer in time.");
    expect(closed).toHaveLength(1);
    await Promise.all(closed);
  });
});

describe("encryption", () => {
  const secured = "the connection to the mail server could not be secured.";

  test("refuses an untrusted certificate, with TLS and with STARTTLS", async () => {
    const [implicit, startTls] = [
      await mailServer({ secure: true, ...mailCertificate }),
      await mailServer(mailCertificate),
    ];
    expect(await failure(implicit.url)).toBe(secured);
    expect(await failure(startTls.url)).toBe(secured);
    expect([...implicit.received, ...startTls.received]).toEqual([]);
  });

  test("accepts a certificate of a known authority, for its own host only", async () => {
    const known = getCACertificates("default");
    onTestFinished(() => setDefaultCACertificates(known));
    const ca = readFileSync(new URL("../../testing/stand-ins/certificates/ca.pem", import.meta.url), "utf8");
    setDefaultCACertificates([...known, ca]);
    for (const server of [await mailServer({ secure: true, ...mailCertificate }), await mailServer(mailCertificate)]) {
      await deliver(mail, { url: server.url, from });
      expect(server.received).toHaveLength(1);
      // This machine under a name that the certificate lacks; Windows can't connect to this address.
      expect(await failure(server.url.replace("localhost", "0.0.0.0"))).toMatch(/secured|reached/);
      expect(server.received).toHaveLength(1);
    }
  });
});
