// Who holds this tablet, and the key of what it keeps for them. The server makes the key for one
// person on one tablet, the same at every sign-in; the browser holds it so that nobody can read it
// out, and throws it away at signing out, when the sign-in has ended, and after its hours.
import { type Sealed, dropKeys, dropRooms, keepKey, keptKeys } from "./tablet_store.ts";
import { heardClock } from "./tablet_clock.ts";

export interface Holder {
  staff: string;
  name: string;
  key: CryptoKey;
}

/** What the server says to whoever is signed in. */
export interface SignedIn extends Holder {
  csrf: string;
}

export type Asked = SignedIn | "signed-out" | "no-contact";

const PATIENCE = 6_000;

/** True where the browser lets a page keep anything encrypted at all. */
export const canKeep = (): boolean =>
  isSecureContext && typeof indexedDB !== "undefined" && typeof crypto.subtle !== "undefined";

/** This tablet's own number: it names a device and nobody. */
export function tabletNumber(): string {
  const known = localStorage.getItem("tablet-number");
  if (known) return known;
  const fresh = crypto.randomUUID();
  localStorage.setItem("tablet-number", fresh);
  return fresh;
}

/** Asks the server who is signed in; keeps the key if somebody is. */
export async function askWho(): Promise<Asked> {
  let answer: Response;
  try {
    answer = await fetch(`/tablet/key?tablet=${tabletNumber()}`, {
      headers: { Accept: "application/json" },
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status === 401 || answer.status === 403) {
      await lock();
      return "signed-out";
    }
    const said = (await answer.json()) as {
      staff: string;
      name: string;
      key: string;
      csrf: string;
      now: number;
      kept_hours: number;
    };
    if (!answer.ok || !said.key) return "no-contact";
    heardClock(said.now);
    const bytes = new Uint8Array((said.key.match(/../g) ?? []).map((two) => Number.parseInt(two, 16)));
    const key = await crypto.subtle.importKey("raw", bytes, "AES-GCM", false, ["encrypt", "decrypt"]);
    const until = Date.now() + said.kept_hours * 3_600_000;
    // One person holds the tablet: what the last one's key opened stays closed.
    for (const known of await keptKeys()) {
      if (known.staff !== said.staff) {
        await dropKeys();
        await dropRooms();
      }
    }
    await keepKey({ staff: said.staff, name: said.name, key, until });
    return { staff: said.staff, name: said.name, key, csrf: said.csrf };
  } catch {
    return "no-contact";
  }
}

/** Who held the tablet when the server was last heard of; nobody after the key's hours. */
export async function holder(): Promise<Holder | undefined> {
  const known = (await keptKeys())[0];
  if (!known) return undefined;
  if (known.until > Date.now()) return known;
  await lock();
  return undefined;
}

/** What waits stays, as bytes that nobody can open; the rooms that were kept go. */
export async function lock(): Promise<void> {
  await dropKeys();
  await dropRooms();
}

export async function seal(key: CryptoKey, what: unknown): Promise<Sealed> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(what));
  return { iv, bytes: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain) };
}

export async function unseal<T>(key: CryptoKey, sealed: Sealed): Promise<T | undefined> {
  try {
    const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv }, key, sealed.bytes);
    return JSON.parse(new TextDecoder().decode(plain)) as T;
  } catch {
    return undefined;
  }
}
