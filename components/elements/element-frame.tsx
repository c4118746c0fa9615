"use client";

import { useEffect, useRef, useState } from "react";
import type { Environment } from "@/server/schemas/environments";
import type { Theme } from "@/server/schemas/theme";
import { type FrameMessage, parseFrameMessage } from "./frame/messages";

type ElementFrameProps = {
  /** Messages go to this origin, and are accepted from it, only. */
  elementsOrigin: string;
  environment: Environment;
  title: string;
  /** Creates a session and returns its secret, which must not leave this component. */
  createSession: () => Promise<string>;
  /** Previewed before it is saved; null for Hero's default theme. */
  theme?: Theme | null;
  /** Previewed in addition to what the session fixes. */
  attributes?: Record<string, string>;
  onMessage: (message: FrameMessage) => void;
  /** The session was not created, or the frame sent no message (`null`). */
  onFailure: (failure: { error: unknown } | null) => void;
};

const initialHeight = 320;
const minHeight = 160;
const maxHeight = 2_400;
/** The first message comes at once if the frame's scripts run at all. */
const firstMessageTimeoutMs = 10_000;

/**
 * Hero's element in an iframe on the elements origin, so that its script cannot read the portal's cookies.
 * Change `key` to reload it with a new session.
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
    // Only a new element removes a theme.
    else postMount();
  });

  return (
    <iframe
      ref={frame}
      title={title}
      src={`${elementsOrigin}/embed/frame/${environment}`}
      allow=""
      // Safe together only because the frame has another origin, and so cannot remove this attribute.
      sandbox="allow-scripts allow-same-origin allow-forms"
      onLoad={() => void startSession()}
      className="block w-full border-0 bg-white"
      style={{ height }}
    />
  );
}
