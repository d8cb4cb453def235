// Which voice may speak: one that is on this device, so that what it says leaves it for no other
// machine.

/** A voice of this device in a language; none where it has none, or has not told of it yet. */
export function localVoice(language: string): SpeechSynthesisVoice | undefined {
  if (typeof speechSynthesis === "undefined") return undefined;
  return speechSynthesis.getVoices().find((known) => known.localService && known.lang.startsWith(language));
}
