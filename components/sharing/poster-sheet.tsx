import {
  type PosterKind,
  type PosterLanguage,
  posterLabels,
  displayAddress,
} from "./poster-labels";

/** The texts in one language; empty ones are left out. */
export type PosterTexts = { subject: string; opening: string; hours: string };

export type PosterContent = {
  kind: PosterKind;
  url: string;
  expiresOn: string;
  practiceName: string;
  phone: string;
  /** In printed order: Welsh before English. */
  languages: readonly PosterLanguage[];
  texts: Record<PosterLanguage, PosterTexts>;
  /** The dark modules as a path, and how many modules the code is wide with its quiet zone. */
  qr: { path: string; width: number };
};

/** Longer texts get smaller type: `[max characters, size]`, in hundredths of the sheet's width. */
function fontSizeFor(text: string, steps: readonly (readonly [number, number])[]): string {
  const { length } = [...text];
  const size =
    steps.find(([maxCharacters]) => length <= maxCharacters)?.[1] ?? steps.at(-1)?.[1] ?? 3;
  return `${size}cqw`;
}

/**
 * The poster. All sizes are relative to its width, so that A4, A5 and the preview share one layout.
 * Black on white with borders, because printers leave out backgrounds.
 */
export function PosterSheet({ content, size }: { content: PosterContent; size: "a4" | "a5" }) {
  const { languages, kind, url, practiceName, phone, qr } = content;
  const isBilingual = languages.length > 1;
  const address = displayAddress(url);
  return (
    <article
      data-poster={size}
      aria-label="Poster"
      className="poster-sheet flex flex-col overflow-hidden bg-[#fff] text-[#000]"
    >
      <p
        className="poster-rule font-semibold wrap-anywhere"
        style={{
          fontSize: fontSizeFor(practiceName, [
            [40, 3.8],
            [60, 3.2],
            [80, 2.7],
          ]),
        }}
      >
        {practiceName}
      </p>

      <div className={isBilingual ? "poster-heads" : ""}>
        {languages.map((language) => {
          const { subject, opening } = content.texts[language];
          return (
            <div key={language} lang={language}>
              <p className="font-medium" style={{ fontSize: isBilingual ? "3.2cqw" : "4.4cqw" }}>
                {posterLabels[language].action[kind]}
              </p>
              <h2
                className="font-extrabold tracking-tight wrap-anywhere"
                style={{
                  lineHeight: 1.02,
                  fontSize: isBilingual
                    ? fontSizeFor(subject, [
                        [12, 8],
                        [24, 6.6],
                        [40, 5.2],
                        [60, 4.4],
                      ])
                    : fontSizeFor(subject, [
                        [12, 13],
                        [20, 10.5],
                        [36, 8.2],
                        [60, 6.6],
                      ]),
                }}
              >
                {subject}
              </h2>
              {opening ? (
                <p
                  className="wrap-anywhere"
                  style={{ marginTop: "1.2cqw", fontSize: isBilingual ? "2.3cqw" : "2.9cqw" }}
                >
                  {opening}
                </p>
              ) : null}
            </div>
          );
        })}
      </div>

      <div className="poster-middle">
        <svg
          role="img"
          aria-label={`QR code of ${address}`}
          viewBox={`0 0 ${qr.width} ${qr.width}`}
          shapeRendering="crispEdges"
          className="poster-code"
        >
          <path fill="#fff" d={`M0 0h${qr.width}v${qr.width}h-${qr.width}z`} />
          <path fill="#000" d={qr.path} />
        </svg>
        <div className="poster-steps">
          {languages.map((language) => (
            <ol
              key={language}
              lang={language}
              style={{ fontSize: isBilingual ? "2.5cqw" : "3.2cqw" }}
            >
              {posterLabels[language].steps[kind].map((step, index) => (
                <li key={step}>
                  <span className="font-extrabold" aria-hidden="true">
                    {index + 1}
                  </span>
                  <span>{step}</span>
                </li>
              ))}
            </ol>
          ))}
        </div>
      </div>

      <div className="poster-address">
        {languages.map((language) => (
          <p key={language} lang={language} style={{ fontSize: isBilingual ? "2.3cqw" : "2.7cqw" }}>
            {posterLabels[language].typeAddress}
          </p>
        ))}
        <p
          className="font-bold wrap-anywhere"
          style={{
            fontSize: fontSizeFor(address, [
              [24, 6],
              [34, 4.6],
              [48, 3.4],
              [90, 2.4],
            ]),
          }}
        >
          {address}
        </p>
      </div>

      <div className="poster-foot">
        <div>
          {languages.map((language) => {
            const labels = posterLabels[language];
            return (
              <p
                key={language}
                lang={language}
                style={{ fontSize: isBilingual ? "2.2cqw" : "2.6cqw" }}
              >
                {phone ? labels.callUs : `${labels.notOnline} `}
                {phone ? null : <strong className="font-bold">{labels.askAtReception}</strong>}
              </p>
            );
          })}
          {phone ? (
            <p
              className="font-extrabold tabular-nums"
              style={{
                fontSize: fontSizeFor(phone, [
                  [16, 5.6],
                  [30, 3.8],
                ]),
              }}
            >
              {phone}
            </p>
          ) : null}
          {phone
            ? languages.map((language) =>
                content.texts[language].hours ? (
                  <p
                    key={language}
                    lang={language}
                    className="wrap-anywhere"
                    style={{ fontSize: "2.1cqw" }}
                  >
                    {content.texts[language].hours}
                  </p>
                ) : null,
              )
            : null}
        </div>
        <div className="poster-ends">
          {languages.map((language) => {
            const { openUntil, formatDate } = posterLabels[language];
            return (
              <p
                key={language}
                lang={language}
                style={{ fontSize: isBilingual ? "2.2cqw" : "2.6cqw" }}
              >
                {openUntil}{" "}
                <strong
                  className="font-extrabold"
                  style={{
                    fontSize: isBilingual ? "1.1em" : "1.35em",
                    display: isBilingual ? "inline" : "block",
                  }}
                >
                  {formatDate(content.expiresOn)}
                </strong>
              </p>
            );
          })}
        </div>
      </div>
    </article>
  );
}
