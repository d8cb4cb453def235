// Answers for a room when the server does not. It keeps the styles, the scripts and one empty page,
// and nothing of any person: what belongs to people lies encrypted in the tablet's own store, and
// the page opens it. Patients' pages, signing in and the programs' interface never pass through it.

interface Waiting {
  waitUntil(work: Promise<unknown>): void;
}
interface Asking extends Waiting {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker {
  addEventListener(kind: "install" | "activate", heard: (event: Waiting) => void): void;
  addEventListener(kind: "fetch", heard: (event: Asking) => void): void;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  location: Location;
}

const worker = self as unknown as Worker;
/** The version of styles and scripts, as pages name it. */
const version = worker.location.search;
const CACHE = `evenkeel${version}`;
const SHELL = "/offline";
const KEPT = [
  SHELL,
  `/assets/evenkeel.css${version}`,
  `/assets/evenkeel.js${version}`,
  `/assets/evenkeel.webmanifest${version}`,
  `/assets/icon-192.png${version}`,
];
/** A server that does not answer a page for so long is no contact. */
const PATIENCE = 5_000;
const ROOM = /^\/(board|sessions\/[0-9a-f-]{36})?$/;

worker.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll(KEPT))
      .then(() => worker.skipWaiting()),
  );
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
      .then(() => worker.clients.claim()),
  );
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== worker.location.origin) return;
  if (request.mode === "navigate" && ROOM.test(url.pathname)) event.respondWith(page(request));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(request));
});

async function page(request: Request): Promise<Response> {
  try {
    const answer = await Promise.race([fetch(request), noAnswer()]);
    // Someone else's page, such as a hotel's, is no contact either: ours say what they may load.
    const ours = answer.type === "opaqueredirect" || answer.headers.has("content-security-policy");
    if (ours && answer.status < 500) return answer;
  } catch {
    // No contact: what follows is the answer.
  }
  const shell = await caches.match(SHELL);
  return shell ?? Response.error();
}

function noAnswer(): Promise<Response> {
  return new Promise((_, no) => setTimeout(() => no(new Error("no answer")), PATIENCE));
}

async function asset(request: Request): Promise<Response> {
  const kept = await caches.match(request);
  return kept ?? fetch(request);
}
