/**
 * Owns a front of the server that can be told to serve the next release of the page: other names for its first script and
 * another worker, everything else as it is. Sockets pass.
 */
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Server } from "./server";

/** The first script of a page, as its `index.html` and its worker name it. */
const FIRST_SCRIPT = /(assets\/index-[\w-]+)\.js/g;
const NEXT = "-next.js";

export class Releases {
  private next = false;
  private readonly sockets = new Set<Socket>();
  private readonly front = createServer((asked, answered) => this.pass(asked, answered));

  constructor(private readonly server: Server) {
    this.front.on("upgrade", (asked: IncomingMessage, socket: Socket, head: Buffer) =>
      this.upgrade(asked, socket, head),
    );
    this.front.on("connection", (socket: Socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.front.address() as AddressInfo).port}`;
  }

  async start(): Promise<void> {
    await new Promise<void>((done) => this.front.listen(0, "127.0.0.1", done));
  }

  /** From now on the page is one release further. */
  release(): void {
    this.next = true;
  }

  /** Nothing answers any more. */
  async stop(): Promise<void> {
    const closed = new Promise((done) => this.front.close(done));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  private get port(): number {
    return Number(new URL(this.server.origin).port);
  }

  private pass(asked: IncomingMessage, answered: ServerResponse): void {
    const path = (asked.url ?? "/").replace(NEXT, ".js");
    // What is known to the browser is asked for anew: the text is changed on its way.
    const { "if-none-match": _, "accept-encoding": __, ...headers } = asked.headers;
    const upstream = request({ port: this.port, method: asked.method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => {
        const body = this.changed(path, response.headers["content-type"] ?? "", Buffer.concat(chunks));
        const { "transfer-encoding": ___, "content-length": ____, ...kept } = response.headers;
        answered.writeHead(response.statusCode ?? 502, { ...kept, "content-length": body.length }).end(body);
      });
    });
    upstream.on("error", () => answered.writeHead(502).end());
    asked.pipe(upstream);
  }

  private changed(path: string, type: string, body: Buffer): Buffer {
    const named = type.startsWith("text/html") || path === "/service-worker.js";
    return this.next && named ? Buffer.from(body.toString().replace(FIRST_SCRIPT, `$1${NEXT}`)) : body;
  }

  private upgrade(asked: IncomingMessage, socket: Socket, head: Buffer): void {
    const upstream = connect(this.port, "127.0.0.1", () => {
      const headers = asked.rawHeaders.flatMap((name, at, all) =>
        at % 2 === 0 ? [`${name}: ${all[at + 1]}`] : [],
      );
      upstream.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
      upstream.write(head);
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => socket.destroy());
    socket.on("error", () => upstream.destroy());
  }
}
