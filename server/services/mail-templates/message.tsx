import "server-only";
import { render } from "@react-email/render";
import type { CSSProperties } from "react";

/** An email: what happened, and the one place to go next. */
export type Message = {
  subject: string;
  paragraphs: string[];
  link: { label: string; url: string };
};

// The light theme of `app/globals.css`: email programs know no variables, and few of them classes.
const colours = {
  canvas: "#faf9fa",
  surface: "#ffffff",
  line: "#e4e0e6",
  ink: "#1c181f",
  muted: "#59525f",
  accent: "#722566",
  onAccent: "#ffffff",
};

const fontFamily =
  "'Hanken Grotesk', -apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif";

const styles = {
  body: { margin: 0, padding: 0, backgroundColor: colours.canvas },
  page: { padding: "24px 12px", backgroundColor: colours.canvas, fontFamily },
  column: { maxWidth: "560px", margin: "0 auto" },
  name: { margin: "0 0 16px", fontSize: "16px", fontWeight: 600, color: colours.accent },
  card: {
    padding: "24px",
    border: `1px solid ${colours.line}`,
    borderRadius: "8px",
    backgroundColor: colours.surface,
  },
  heading: { margin: "0 0 16px", fontSize: "20px", lineHeight: "28px", color: colours.ink },
  text: { margin: "0 0 16px", fontSize: "16px", lineHeight: "24px", color: colours.ink },
  buttonCell: { borderRadius: "6px", backgroundColor: colours.accent },
  button: {
    display: "inline-block",
    padding: "10px 16px",
    fontSize: "16px",
    fontWeight: 600,
    color: colours.onAccent,
    textDecoration: "none",
  },
  fallback: {
    margin: "16px 0 0",
    fontSize: "13px",
    lineHeight: "20px",
    color: colours.muted,
    overflowWrap: "anywhere",
  },
} satisfies Record<string, CSSProperties>;

/** Left out of the text version, which has the same in plain words. */
const onlyInHtml = { "data-skip-in-text": "true" };

/** No images and no scripts: nothing is loaded when the email is opened. */
function MessageHtml({ subject, paragraphs, link }: Message) {
  return (
    <html lang="en-GB">
      <body style={styles.body}>
        {/* React moves these into the head. */}
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>{subject}</title>
        <div style={styles.page}>
          <div style={styles.column}>
            <p style={styles.name} {...onlyInHtml}>
              Partner Portal
            </p>
            <div style={styles.card}>
              <h1 style={styles.heading} {...onlyInHtml}>
                {subject}
              </h1>
              {paragraphs.map((paragraph) => (
                <p key={paragraph} style={styles.text}>
                  {paragraph}
                </p>
              ))}
              <table role="presentation" cellPadding={0} cellSpacing={0}>
                <tbody>
                  <tr>
                    <td style={styles.buttonCell}>
                      <a href={link.url} style={styles.button}>
                        {link.label}
                      </a>
                    </td>
                  </tr>
                </tbody>
              </table>
              <p style={styles.fallback} {...onlyInHtml}>
                If the button does not work, copy this address into your browser: {link.url}
              </p>
            </div>
          </div>
        </div>
      </body>
    </html>
  );
}

/** The HTML and the text of an email, both from one template. */
export async function renderMessage(message: Message): Promise<{ html: string; text: string }> {
  const content = <MessageHtml {...message} />;
  return {
    html: await render(content),
    text: await render(content, { plainText: true, htmlToTextOptions: { wordwrap: false } }),
  };
}
