/** What the frame of an element tells the page that it stands in (`components/embed/frame.ts`). */
export type FrameMessage =
  | { type: "hero:ready"; expiresIn: number }
  | { type: "hero:event"; name: string; data: unknown }
  | { type: "hero:warning" }
  | { type: "hero:error"; code: string }
  | { type: "hero:height"; height: number };

/** A message of the frame's, or null for anything else that a window may say. */
export function readFrameMessage(heard: unknown): FrameMessage | null {
  if (typeof heard !== "object" || heard === null || !("type" in heard)) return null;
  const detail: unknown = "detail" in heard ? heard.detail : null;
  const given: Record<string, unknown> =
    typeof detail === "object" && detail !== null ? { ...detail } : {};
  const { expiresIn, name, code, height } = given;
  switch (heard.type) {
    case "hero:ready":
      return typeof expiresIn === "number" ? { type: heard.type, expiresIn } : null;
    case "hero:event":
      return typeof name === "string" ? { type: heard.type, name, data: given.data } : null;
    case "hero:warning":
      return { type: heard.type };
    case "hero:error":
      return typeof code === "string" ? { type: heard.type, code } : null;
    case "hero:height":
      return typeof height === "number" ? { type: heard.type, height } : null;
    default:
      return null;
  }
}
