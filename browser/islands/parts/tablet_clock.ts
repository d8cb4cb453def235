// What the server's clock says now, as far as this tablet can tell. Its own clock may be wrong and
// may be set meanwhile: both are kept with every act.

const OFFSET = "clock-offset";
/** A wall clock that fell behind the running one by more than this was set back. */
const SET_BACK = 2_000;

let anchor: { server: number; wall: number; running: number } | undefined;

/** The server has said what time it is. */
export function heardClock(server: number): void {
  anchor = { server, wall: Date.now(), running: performance.now() };
  localStorage.setItem(OFFSET, String(server - anchor.wall));
}

/** The server's clock, reckoned. */
// Hazard: H10
export function serverNow(): number {
  if (!anchor) return Math.round(Date.now() + Number(localStorage.getItem(OFFSET) ?? "0"));
  const wall = Date.now() - anchor.wall;
  const running = performance.now() - anchor.running;
  // A tablet that slept has a running clock that stood still: then the wall clock is right.
  return Math.round(anchor.server + (wall < running - SET_BACK ? running : wall));
}
