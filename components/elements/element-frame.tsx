"use client";

import { useEffect, useRef, useState } from "react";
import type { Environment } from "@/server/schemas/environments";
import type { Theme } from "@/server/schemas/theme";
import { type FrameMessage, readFrameMessage } from "./frame/messages";

type ElementFrameProps = {
  /** The second origin, and the only one that is spoken to or heard. */
  elementsOrigin: string;
  environment: Environment;
  title: string;
  /** Makes a session and gives its secret, which stays in here. */
  openSession: () => Promise<string>;
  /** Tried out before it is saved; null is Hero's own look. */
  theme?: Theme | null;
  /** Tried out beside what the session fixes. */
  attributes?: Record<string, string>;
  onMessage: (message: FrameMessage) => void;
  /** The session was refused, or the frame says nothing (`null`). */
  onFailure: (failure: { error: unknown } | null) => void;
};

const startHeight = 320;
const leastHeight = 160;
const mostHeight = 2_400;
/** The frame's first word comes at once where its scripts run at all. */
const silentMs = 10_000;

/**
 * Hero's element in a frame of the second origin, where its script sees no cookie of the portal's. Give it
 * another `key` to begin anew with a session of its own.
 */
export function ElementFrame(props: ElementFrameProps) {
  const { elementsOrigin, environment, title, theme = null } = props;
  const frame = useRef<HTMLIFrameElement>(null);
  const secret = useRef<string | null>(null);
  const silence = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [height, setHeight] = useState(startHeight);
  const latest = useRef(props);
  useEffect(() => {
    latest.current = props;
  });

  useEffect(() => {
    function hear({ origin, source, data }: MessageEvent<unknown>) {
      const isFrame = source !== null && source === frame.current?.contentWindow;
      if (origin !== elementsOrigin || !isFrame) return;
      const message = readFrameMessage(data);
      if (!message) return;
      clearTimeout(silence.current);
      if (message.type === "hero:height") {
        setHeight(Math.min(Math.max(Math.ceil(message.height), leastHeight), mostHeight));
      }
      latest.current.onMessage(message);
    }
    window.addEventListener("message", hear);
    return () => {
      window.removeEventListener("message", hear);
      clearTimeout(silence.current);
    };
  }, [elementsOrigin]);

  function tell(message: Record<string, unknown>) {
    frame.current?.contentWindow?.postMessage(message, elementsOrigin);
  }

  function tellMount() {
    if (!secret.current) return;
    const { theme: wanted, attributes } = latest.current;
    tell({ type: "hero:mount", session: secret.current, theme: wanted ?? undefined, attributes });
  }

  async function begin() {
    try {
      secret.current = await latest.current.openSession();
    } catch (error) {
      latest.current.onFailure({ error });
      return;
    }
    clearTimeout(silence.current);
    silence.current = setTimeout(() => latest.current.onFailure(null), silentMs);
    tellMount();
  }

  const shown = useRef(theme);
  useEffect(() => {
    if (shown.current === theme) return;
    shown.current = theme;
    if (theme) tell({ type: "hero:theme", theme });
    // Nothing takes a theme away again but a new element.
    else tellMount();
  });

  return (
    <iframe
      ref={frame}
      title={title}
      src={`${elementsOrigin}/embed/frame/${environment}`}
      allow=""
      // The frame's origin is another than ours, so that it cannot lift this from within.
      sandbox="allow-scripts allow-same-origin allow-forms"
      onLoad={() => void begin()}
      className="block w-full border-0 bg-white"
      style={{ height }}
    />
  );
}
