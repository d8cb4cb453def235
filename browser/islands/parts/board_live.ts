// The board as it stands now, once a second at the most.
import { watchFreshness } from "./freshness_watch.ts";
import { replace } from "./words.ts";

/** Follows the clinic. */
export function liveBoard(board: HTMLElement): void {
  const freshness = watchFreshness(board);
  const stream = new EventSource(board.dataset["live"] ?? "");
  stream.addEventListener("board", (event) => {
    const { html, loudest } = JSON.parse(event.data) as { html: string; loudest: string | null };
    freshness.heard();
    replace(board, html);
    board.dispatchEvent(new CustomEvent("evenkeel:board", { detail: loudest }));
  });
  stream.addEventListener("beat", () => freshness.heard());
}
