import type { ReactNode } from "react";
import type { MessageChannel } from "@/server/schemas/messages";
import { channelIcons } from "./channel-icons";
import { channelLabels } from "./labels";

type ChannelPreviewProps = {
  channel: MessageChannel;
  /** The practice as the patient knows it. */
  practiceName: string;
  /** The text as this channel shows it. */
  text: string;
  /** Below the text, such as parts and cost. */
  children?: ReactNode;
};

/** About what the patient sees in one channel. */
export function ChannelPreview({ channel, practiceName, text, children }: ChannelPreviewProps) {
  return (
    <figure className="overflow-hidden rounded-lg border border-line bg-surface">
      <figcaption className="flex items-center gap-2 border-b border-line bg-sunken px-4 py-2 text-sm font-medium text-muted">
        <span aria-hidden="true" className="[&>svg]:size-4">
          {channelIcons[channel]}
        </span>
        {channelLabels[channel]}
      </figcaption>
      <div className="p-4">
        {channel === "note" ? null : <p className="mb-2 text-sm text-muted">From {practiceName}</p>}
        <p
          className={`w-fit max-w-full wrap-anywhere whitespace-pre-wrap ${
            channel === "sms" ? "rounded-lg rounded-bl-xs bg-sunken px-3 py-2" : ""
          }`}
        >
          {text === "" ? <span className="text-subtle">Your message appears here.</span> : text}
        </p>
        {children ? <div className="mt-3 text-sm text-muted">{children}</div> : null}
      </div>
    </figure>
  );
}
