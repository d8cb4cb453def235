// The tablet's own store. What is in it of people is encrypted; beside it stand only whose it is,
// for which session, and when. A write is finished when it is on the disk.

export interface Sealed {
  iv: Uint8Array<ArrayBuffer>;
  bytes: ArrayBuffer;
}

/** An act that waits for the server. */
export interface WaitingAct extends Sealed {
  /** The order in which acts were tapped on this tablet. */
  sequence?: number;
  /** The command's id. */
  id: string;
  session: string;
  staff: string;
  name: string;
}

/** A room as it was last seen. */
export interface KeptRoom extends Sealed {
  session: string;
  staff: string;
  at: number;
}

/** The key of one person on this tablet; no script can read its bytes. */
export interface KeptKey {
  staff: string;
  name: string;
  key: CryptoKey;
  /** Not opened after this. */
  until: number;
}

type Place = "outbox" | "rooms" | "keys";

let opened: Promise<IDBDatabase> | undefined;

function database(): Promise<IDBDatabase> {
  if (opened) return opened;
  const opening = new Promise<IDBDatabase>((yes, no) => {
    const request = indexedDB.open("evenkeel-tablet", 1);
    request.onupgradeneeded = () => {
      request.result
        .createObjectStore("outbox", { keyPath: "sequence", autoIncrement: true })
        .createIndex("id", "id", { unique: true });
      request.result.createObjectStore("rooms", { keyPath: "session" });
      request.result.createObjectStore("keys", { keyPath: "staff" });
    };
    request.onsuccess = () => {
      request.result.onclose = forget;
      yes(request.result);
    };
    request.onerror = () => no(request.error);
  });
  opened = opening;
  opening.catch(forget);
  return opening;
}

/** What failed to open, or was closed by the browser, is opened anew at the next use. */
function forget(): void {
  opened = undefined;
}

function begin(transaction: () => IDBTransaction): IDBTransaction {
  try {
    return transaction();
  } catch (error) {
    forget();
    throw error;
  }
}

async function work<T>(
  place: Place,
  mode: IDBTransactionMode,
  what: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const known = await database();
  return new Promise((yes, no) => {
    // Hazard: H22 — without "strict" a browser may say it is written before it is.
    const transaction = begin(() => known.transaction(place, mode, { durability: "strict" }));
    const request = what(transaction.objectStore(place));
    transaction.oncomplete = () => yes(request.result);
    transaction.onerror = () => no(transaction.error);
    transaction.onabort = () => no(transaction.error);
  });
}

export const keepAct = (act: WaitingAct): Promise<IDBValidKey> => work("outbox", "readwrite", (store) => store.add(act));
/** In its own place, so that there is no moment at which it is not kept. */
export const replaceAct = (act: WaitingAct): Promise<IDBValidKey> => work("outbox", "readwrite", (store) => store.put(act));
export const waitingActs = (): Promise<WaitingAct[]> => work("outbox", "readonly", (store) => store.getAll());
export const dropAct = (sequence: number): Promise<undefined> =>
  work("outbox", "readwrite", (store) => store.delete(sequence));
export const keepRoom = (room: KeptRoom): Promise<IDBValidKey> => work("rooms", "readwrite", (store) => store.put(room));
export const keptRoom = (session: string): Promise<KeptRoom | undefined> =>
  work("rooms", "readonly", (store) => store.get(session));
export const keptRooms = (): Promise<KeptRoom[]> => work("rooms", "readonly", (store) => store.getAll());
export const dropRoom = (session: string): Promise<undefined> =>
  work("rooms", "readwrite", (store) => store.delete(session));
export const dropRooms = (): Promise<undefined> => work("rooms", "readwrite", (store) => store.clear());
export const keepKey = (key: KeptKey): Promise<IDBValidKey> => work("keys", "readwrite", (store) => store.put(key));
export const keptKeys = (): Promise<KeptKey[]> => work("keys", "readonly", (store) => store.getAll());
export const dropKeys = (): Promise<undefined> => work("keys", "readwrite", (store) => store.clear());
