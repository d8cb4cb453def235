// A demo clinic of one test's own, fed by monitors that the test starts, behind a wire that the
// test can cut without closing it: the way a network really fails.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { type Socket, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Credentials, credentials } from "./clinic.ts";

const BINARY = resolve(
  process.env["EVENKEEL_BINARY"] ?? join(import.meta.dirname, "../../target/debug/evenkeel"),
);

export interface OwnClinic {
  known: Credentials;
  /** Where the browser goes: through the wire. */
  base: string;
  monitor(options: string[]): ChildProcess;
  /** Nothing passes any more, in either direction; nothing is closed. */
  cut(): void;
  mend(): void;
  end(): Promise<void>;
}

/** Starts a clinic without simulated data. */
export async function ownClinic(port: number): Promise<OwnClinic> {
  const folder = mkdtempSync(join(tmpdir(), "evenkeel-own-"));
  const server = spawn(
    BINARY,
    ["demo", "--no-simulation", "--port", String(port), "--mllp-port", String(port + 1), "--data-dir", folder],
    { stdio: "ignore" },
  );
  await answers(`http://127.0.0.1:${port}/healthz`);
  await written(join(folder, "demo-credentials.json"));
  const known = credentials(folder);
  const wires = new Set<Socket>();
  let through = true;
  const wire = createServer((browser) => {
    const upstream = new (browser.constructor as typeof Socket)().connect(port, "127.0.0.1");
    for (const [from, to] of [[browser, upstream], [upstream, browser]] as const) {
      wires.add(from);
      from.on("data", (bytes) => to.write(bytes));
      from.on("error", () => to.destroy());
      from.on("close", () => {
        wires.delete(from);
        to.destroy();
      });
      if (!through) from.pause();
    }
  });
  await new Promise<void>((ready) => wire.listen(port + 2, "127.0.0.1", ready));
  const children: ChildProcess[] = [server];
  return {
    known,
    base: `http://127.0.0.1:${port + 2}`,
    monitor(options) {
      const child = spawn(BINARY, ["simulate", "monitor", "--quiet", "--to", `127.0.0.1:${port + 1}`, ...options], {
        stdio: "ignore",
      });
      children.push(child);
      return child;
    },
    cut() {
      through = false;
      for (const socket of wires) socket.pause();
    },
    mend() {
      through = true;
      for (const socket of wires) socket.resume();
    },
    async end() {
      for (const child of children) child.kill("SIGTERM");
      for (const socket of wires) socket.destroy();
      await new Promise((done) => wire.close(done));
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function written(path: string): Promise<void> {
  for (let tries = 0; tries < 100 && !existsSync(path); tries += 1) {
    await new Promise((wait) => setTimeout(wait, 100));
  }
}

async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((wait) => setTimeout(wait, 100));
  }
  throw new Error(`${url} does not answer`);
}
