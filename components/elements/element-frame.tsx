"use client";

import { useEffect, useRef, useState } from "react";
import type { Environment } from "@/server/schemas/environments";
import type { Theme } from "@/server/schemas/theme";
import { type FrameMessage, parseFrameMessage } from "./frame/messages";

type ElementFrameProps = {
  /** The second origin, and the only one that is spoken to or heard. */
  elementsOrigin: string;
  environment: Environment;
  title: string;
  /** Makes a session and gives its secret, which stays in here. */
  createSession: () => Promise<string>;
  /** Tried out before it is saved; null is Hero's own look. */
  theme?: Theme | null;
  /** Tried out beside what the session fixes. */
  attributes?: Record<string, string>;
  onMessage: (message: FrameMessage) => void;
  /** The session was refused, or the frame says nothing (`null`). */
  onFailure: (failure: { error: unknown } | null) => void;
};

const initialHeight = 320;
const minHeight = 160;
const maxHeight = 2_400;
/** The frame's first word comes at once where its scripts run at all. */
const firstMessageTimeoutMs = 10_000;

/**
 * Hero's element in a frame of the second origin, where its script sees no cookie of the portal's. Give it
 * another `key` to begin anew with a session of its own.
 */
export function ElementFrame(props: ElementFrameProps) {
  const { elementsOrigin, environment, title, theme = null } = props;
  const frame = useRef<HTMLIFrameElement>(null);
  const sessionSecret = useRef<string | null>(null);
  const firstMessageTimer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [height, setHeight] = useState(initialHeight);
  const latestProps = useRef(props);
  useEffect(() => {
    latestProps.current = props;
  });

  useEffect(() => {
    function handleMessage({ origin, source, data }: MessageEvent<unknown>) {
      const isFrame = source !== null && source === frame.current?.contentWindow;
      if (origin !== elementsOrigin || !isFrame) return;
      const message = parseFrameMessage(data);
      if (!message) return;
      clearTimeout(firstMessageTimer.current);
      if (message.type === "hero:height") {
        setHeight(Math.min(Math.max(Math.ceil(message.height), minHeight), maxHeight));
      }
      latestProps.current.onMessage(message);
    }
    window.addEventListener("message", handleMessage);
    return () => {
      window.removeEventListener("message", handleMessage);
      clearTimeout(firstMessageTimer.current);
    };
  }, [elementsOrigin]);

  function postToFrame(message: Record<string, unknown>) {
    frame.current?.contentWindow?.postMessage(message, elementsOrigin);
  }

  function postMount() {
    if (!sessionSecret.current) return;
    const { theme: latestTheme, attributes } = latestProps.current;
    postToFrame({
      type: "hero:mount",
      session: sessionSecret.current,
      theme: latestTheme ?? undefined,
      attributes,
    });
  }

  async function startSession() {
    try {
      sessionSecret.current = await latestProps.current.createSession();
    } catch (error) {
      latestProps.current.onFailure({ error });
      return;
    }
    clearTimeout(firstMessageTimer.current);
    firstMessageTimer.current = setTimeout(
      () => latestProps.current.onFailure(null),
      firstMessageTimeoutMs,
    );
    postMount();
  }

  const lastTheme = useRef(theme);
  useEffect(() => {
    if (lastTheme.current === theme) return;
    lastTheme.current = theme;
    if (theme) postToFrame({ type: "hero:theme", theme });
    // Nothing takes a theme away again but a new element.
    else postMount();
  });

  return (
    <iframe
      ref={frame}
      title={title}
      src={`${elementsOrigin}/embed/frame/${environment}`}
      allow=""
      // The frame's origin is another than ours, so that it cannot lift this from within.
      sandbox="allow-scripts allow-same-origin allow-forms"
      onLoad={() => void startSession()}
      className="block w-full border-0 bg-white"
      style={{ height }}
    />
  );
}
