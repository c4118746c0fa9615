import { FieldError } from "@/components/ui/field";
import {
  type FallbackChannel,
  fallbackChannels,
  type MessageChannel,
  messageChannels,
  type MessagePreview,
} from "@/server/schemas/messages";
import { channelIcons } from "./channel-icons";
import { channelLabels, channelTexts } from "./labels";

type ChannelFacts = MessagePreview["channels"][number];

type ChannelPickerProps = {
  /** What the practice and patient allow; empty while it is being read. */
  channels: readonly ChannelFacts[];
  value: MessageChannel | null;
  /** What each costs, in words. */
  costs: Record<MessageChannel, string>;
  onChange: (channel: MessageChannel) => void;
  error: string | undefined;
};

/** The channels as large cards, with their cost, and the reason for those that cannot be used. */
export function ChannelPicker({ channels, value, costs, onChange, error }: ChannelPickerProps) {
  const first = messageChannels.find((channel) => isUsable(channels, channel));
  return (
    <fieldset aria-describedby={error ? "channel-error" : undefined}>
      <legend className="mb-2 text-lg font-semibold">Channel</legend>
      {error ? (
        <FieldError id="channel-error" className="mb-2">
          {error}
        </FieldError>
      ) : null}
      <div className="grid gap-3 sm:grid-cols-2">
        {messageChannels.map((channel) => {
          const facts = channels.find((each) => each.channel === channel);
          const isDisabled = !isUsable(channels, channel);
          return (
            <label
              key={channel}
              className={`group flex items-start gap-3 rounded-lg border border-line p-4 transition-colors has-checked:border-accent has-checked:bg-accent-soft has-checked:ring-1 has-checked:ring-accent has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-accent ${
                isDisabled
                  ? "cursor-not-allowed bg-sunken"
                  : "cursor-pointer bg-surface hover:border-line-strong"
              }`}
            >
              <input
                type="radio"
                id={channel === first ? "channel" : `channel-${channel}`}
                name="channel"
                value={channel}
                checked={value === channel}
                disabled={isDisabled}
                onChange={() => onChange(channel)}
                aria-labelledby={`channel-${channel}-title`}
                aria-describedby={`channel-${channel}-text`}
                className="mt-1 size-4 shrink-0 accent-(--accent) outline-none"
              />
              <span className="min-w-0 flex-1">
                <span id={`channel-${channel}-title`} className="block font-semibold">
                  {channelLabels[channel]}
                </span>
                <span
                  id={`channel-${channel}-text`}
                  className="mt-0.5 block text-sm wrap-anywhere text-muted"
                >
                  {facts && isDisabled ? (
                    (facts.reason ?? "Not available for this patient.")
                  ) : (
                    <>
                      {channelTexts[channel]}
                      {facts?.needsContact ? (
                        <span className="block">{facts.reason} You can enter another one.</span>
                      ) : null}
                      {facts?.contact ? (
                        <span className="block">
                          To <span className="tabular-nums">{facts.contact}</span>
                        </span>
                      ) : null}
                      <span className="block">{costs[channel]}</span>
                    </>
                  )}
                </span>
              </span>
              <span
                aria-hidden="true"
                className="text-subtle group-has-checked:text-accent [&>svg]:size-5"
              >
                {channelIcons[channel]}
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}

const isUsable = (channels: readonly ChannelFacts[], channel: MessageChannel): boolean =>
  channels.some((each) => each.channel === channel && (each.isAvailable || each.needsContact));

type FallbackPickerProps = {
  channels: readonly ChannelFacts[];
  value: FallbackChannel | null;
  onChange: (channel: FallbackChannel | null) => void;
};

/** What Hero sends when the patient does not open a message in the NHS App. */
export function FallbackPicker({ channels, value, onChange }: FallbackPickerProps) {
  const choices: { channel: FallbackChannel | null; text: string }[] = [
    { channel: null, text: "Send nothing else" },
    ...fallbackChannels.map((channel) => ({
      channel,
      text: channel === "sms" ? "Send a text message" : "Send an email",
    })),
  ];
  return (
    <fieldset>
      <legend className="font-medium">If they do not open it in the NHS App within one hour</legend>
      <div className="mt-1.5 flex flex-col gap-1.5">
        {choices.map(({ channel, text }) => {
          const facts = channels.find((each) => each.channel === channel);
          const isDisabled = channel !== null && !isUsable(channels, channel);
          const reason = isDisabled
            ? (facts?.reason ?? "Not available for this patient.")
            : facts?.needsContact
              ? `${facts.reason} You can enter another one.`
              : null;
          return (
            <label
              key={text}
              className={`flex min-h-8 items-start gap-2 ${isDisabled ? "cursor-not-allowed text-muted" : "cursor-pointer"}`}
            >
              <input
                type="radio"
                name="fallbackChannel"
                className="mt-0.5 size-4 shrink-0 accent-accent"
                checked={value === channel}
                disabled={isDisabled}
                onChange={() => onChange(channel)}
              />
              <span>
                {text}
                {reason ? <span className="block text-sm">{reason}</span> : null}
              </span>
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
