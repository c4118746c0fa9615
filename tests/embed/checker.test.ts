import { describe, expect, it } from "vitest";
import type { CheckerConfig } from "@/embed/checker/page";
import { isAllowed, policyLine, parsePolicies } from "@/embed/checker/policy";
import { checkPage } from "@/embed/checker/rules";
import { parsePastedPage } from "@/components/elements/checker/parse-pasted-page";
import { htmlSnippet } from "@/components/elements/snippets/html";
import { iframeSnippet } from "@/components/elements/snippets/iframe";
import { policyLines } from "@/components/elements/snippets/policy";

const checkerConfig: CheckerConfig = {
  portal: "https://portal.example.net",
  elementsOrigin: "https://elements.example.net",
  scriptHost: "https://scripts.htech.app",
  heroApi: "https://api.herohealth.net",
  env: "production",
  placement: {
    id: "p",
    origins: ["https://app.example.org", "https://*.clinic.example.org"],
    isOn: true,
  },
};
const snippetConfig = {
  ...checkerConfig,
  placementId: "01a20a81-200d-7413-a99e-202b090b3426",
  practiceGroupId: "30182",
  environment: "production" as const,
};
const secret = `hes_${"a".repeat(43)}`;
const now = Date.parse("2026-11-23T12:00:00Z");

const validPolicy = policyLines("html", snippetConfig).join("; ");
const validHeaders = [
  "HTTP/2 200",
  "date: Mon, 23 Nov 2026 11:59:30 GMT",
  "cache-control: no-store",
  `content-security-policy: ${validPolicy}`,
].join("\n");
const loaderScript = `<script src="${checkerConfig.portal}/embed/v2.js" crossorigin async></script>`;
const validHtml = `<!doctype html><html><head>${loaderScript}</head><body>
  <hero-placement placement="p" session="${secret}"></hero-placement></body></html>`;

type CheckInput = { headers?: string; html?: string; origin?: string };
const check = (input: CheckInput = {}, overrides: Partial<CheckerConfig> = {}) =>
  checkPage(
    parsePastedPage(
      {
        headers: validHeaders,
        html: validHtml,
        origin: "https://app.example.org/patients/1",
        ...input,
      },
      now,
    ),
    { ...checkerConfig, ...overrides },
  );
const codes = (input?: CheckInput, overrides?: Partial<CheckerConfig>) =>
  check(input, overrides).map(({ code }) => code);
const withPolicy = (policy: string) => ({
  headers: `cache-control: no-store\ncontent-security-policy: ${policy}`,
});

describe("the embed checker", () => {
  it("the checker finds no problems in a valid page or in the snippets under their own policy", () => {
    expect(check()).toEqual([]);
    const [page] = htmlSnippet(snippetConfig).filter(({ language }) => language === "html");
    expect(check({ html: page?.code ?? "" }).map(({ code }) => code)).toEqual([]);
    const [frame] = iframeSnippet(snippetConfig);
    const policy = policyLines("iframe", snippetConfig).join("; ");
    expect(codes({ html: frame?.code ?? "", ...withPolicy(policy) })).toEqual([]);
  });

  it.each([
    [
      "csp-script",
      `script-src 'self' ${checkerConfig.portal}`,
      `script-src 'self' ${checkerConfig.portal} https://scripts.htech.app`,
    ],
    [
      "csp-script",
      "default-src 'self'; connect-src *; style-src 'unsafe-inline'",
      "script-src 'self' https://portal.example.net https://scripts.htech.app",
    ],
    [
      "csp-connect",
      "connect-src 'none'",
      "connect-src https://portal.example.net https://api.herohealth.net",
    ],
    [
      "csp-connect",
      `connect-src ${checkerConfig.portal}`,
      `connect-src ${checkerConfig.portal} https://api.herohealth.net`,
    ],
    ["csp-style", "style-src 'self'", "style-src 'self' 'unsafe-inline'"],
    [
      "csp-style",
      "style-src 'self' 'unsafe-inline' 'nonce-abc'",
      "style-src 'self' 'unsafe-inline'",
    ],
  ])("the checker finds %s: %s", (code, policy, fix) => {
    const found = check(withPolicy(policy));
    expect(found).toEqual(expect.arrayContaining([expect.objectContaining({ code, fix })]));
  });

  it("the checker's lines fix a policy when each is copied once", () => {
    const policy =
      "default-src 'none'; script-src 'self'; connect-src 'self'; style-src-elem 'self'";
    const lines = check(withPolicy(policy)).map(({ fix }) => fix);
    const directiveName = (text: string) => text.split(" ")[0] ?? "";
    expect(new Set(lines.map(directiveName)).size).toBe(lines.length);
    const otherDirectives = policy
      .split("; ")
      .filter((text) => !lines.map(directiveName).includes(directiveName(text)));
    expect(codes(withPolicy([...otherDirectives, ...lines].join("; ")))).toEqual([]);
  });

  it("a page with an iframe needs only the elements origin", () => {
    const html = `<iframe src="${checkerConfig.elementsOrigin}/embed/frame/p"></iframe>`;
    expect(check({ html, ...withPolicy("default-src 'self'") })).toMatchObject([
      { code: "csp-frame", fix: "frame-src 'self' https://elements.example.net" },
    ]);
    // The checker's own tag has that origin too, but creates no iframe.
    const checkerScript = `<script src="${checkerConfig.portal}/embed/checker-v2.js" data-elements="${checkerConfig.elementsOrigin}"></script>`;
    expect(codes({ html: checkerScript + validHtml, ...withPolicy("script-src 'self'") })).toEqual([
      "csp-script",
    ]);
  });

  it("the checker applies nonces and 'strict-dynamic' as browsers do", () => {
    const withNonce = validHtml.replace("<script", '<script nonce="abc"');
    const strictPolicy = "script-src 'nonce-abc' 'strict-dynamic' https:";
    expect(codes({ html: withNonce, ...withPolicy(strictPolicy) })).toEqual([]);
    expect(codes(withPolicy(strictPolicy))).toContain("csp-script");
    expect(codes({ html: withNonce, ...withPolicy("script-src 'nonce-other'") })).toContain(
      "csp-script",
    );
    // A loader that the page's own script adds is trusted like that script.
    const spaHtml = '<main></main><script nonce="abc" src="/app.js"></script>';
    expect(codes({ html: spaHtml, ...withPolicy(strictPolicy) })).toEqual([]);
    // Calls have no nonces, so their hosts still count.
    const fullPolicy = `default-src 'nonce-abc' 'strict-dynamic' ${checkerConfig.portal} ${checkerConfig.heroApi}; style-src 'unsafe-inline'`;
    expect(codes({ html: withNonce, ...withPolicy(fullPolicy) })).toEqual([]);
  });

  it("the checker checks every policy, also in meta tags, with report-only findings as warnings", () => {
    const twoPolicies = `content-security-policy: ${validPolicy}\ncontent-security-policy: script-src 'self'`;
    expect(codes({ headers: `cache-control: no-store\n${twoPolicies}` })).toContain("csp-script");
    const htmlWithMetaPolicy = `<meta http-equiv="Content-Security-Policy" content="connect-src 'self'">${validHtml}`;
    expect(codes({ html: htmlWithMetaPolicy })).toContain("csp-connect");
    const [found] = check({
      headers: "cache-control: no-store\ncontent-security-policy-report-only: script-src 'self'",
    });
    expect(found).toMatchObject({ severity: "warning" });
    // A policy that is enforced as well stays an error.
    const bothHeaders = ["content-security-policy", "content-security-policy-report-only"]
      .map((name) => `${name}: script-src 'self'`)
      .join("\n");
    expect(check({ headers: `cache-control: no-store\n${bothHeaders}` })).toMatchObject([
      { code: "csp-script", severity: "error" },
    ]);
  });

  it("the checker parses headers as copied from browser tools and curl", () => {
    for (const headers of [
      "cache-control:\nno-store\ncontent-security-policy:\nscript-src 'self'\nx-empty:\ndate:\nMon, 23 Nov 2026 11:59:30 GMT",
      "< HTTP/2 200\r\n< Cache-Control: no-store\r\n< X-Empty:\r\n< Content-Security-Policy: script-src 'self'\r\n",
    ]) {
      expect(codes({ headers })).toEqual(["csp-script"]);
    }
  });

  it.each([
    ["missing", '<hh-message-builder jwt-token="x"></hh-message-builder>'],
    ["of another environment", '<hh-message-builder env="staging"></hh-message-builder>'],
  ])("wrong-env: %s", (_, html) => {
    expect(check({ html })).toMatchObject([{ code: "wrong-env", severity: "error" }]);
  });

  it("wrong-env: a missing env is a warning in staging, where it still works", () => {
    const html = '<hh-message-builder jwt-token="x"></hh-message-builder>';
    expect(check({ html }, { env: "staging" })).toMatchObject([
      { code: "wrong-env", severity: "warning", fix: '<hh-message-builder env="staging" …>' },
    ]);
  });

  it("missing-origin is not reported for allowed subdomains or a page without an address", () => {
    expect(check({ origin: "https://other.example.org" })).toMatchObject([
      { code: "missing-origin", fix: "https://other.example.org" },
    ]);
    expect(codes({ origin: "https://a.b.clinic.example.org" })).toEqual([]);
    expect(codes({ origin: "https://clinic.example.org" })).toEqual(["missing-origin"]);
    expect(codes({ origin: "" })).toEqual([]);
    const placementOff = { id: "p", origins: ["https://app.example.org"], isOn: false };
    expect(codes({}, { placement: placementOff })).toEqual(["placement-off"]);
  });

  it("the checker finds expired, cached and invalid sessions", () => {
    const oldHeaders = validHeaders.replace("11:59:30", "11:40:00");
    expect(codes({ headers: oldHeaders })).toEqual(["expired-session"]);
    expect(codes({ headers: validHeaders.replace("no-store", "private, max-age=60") })).toEqual([
      "cached-session",
    ]);
    expect(codes({ html: validHtml.replace(secret, "abc") })).toEqual(["no-session"]);
    // A script may set it later.
    expect(codes({ html: validHtml.replace(`session="${secret}"`, "") })).toEqual([]);
  });

  it("the checker lists keys in the page before other problems", () => {
    const html = `${validHtml}<hh-message-builder env="production" api-key="k"></hh-message-builder>
      <script>const key = "hpp_production_${"b".repeat(43)}"</script>`;
    const found = check({ html, origin: "https://other.example.org" });
    expect(found.map(({ code }) => code)).toEqual(["key-in-page", "key-in-page", "missing-origin"]);
    expect(JSON.stringify(found)).not.toContain("bbbb");
    const call = `<script>fetch("/x", { headers: { "x-api-key": "cccc" } })</script>`;
    expect(check({ html: validHtml + call })).toMatchObject([
      { code: "key-in-page", severity: "error" },
    ]);
  });

  it("the checker finds a missing loader, and one that is pinned without crossorigin", () => {
    expect(codes({ html: validHtml.replace(loaderScript, "") })).toEqual(["no-loader"]);
    expect(codes({ html: validHtml.replace("/v2.js", "/v1.js") })).toEqual([]);
    const pinnedHtml = validHtml.replace(" crossorigin", ' integrity="sha384-x"');
    expect(codes({ html: pinnedHtml })).toEqual(["integrity-without-crossorigin"]);
    expect(
      codes({ html: validHtml.replace(" crossorigin", ' integrity="sha384-x" crossorigin') }),
    ).toEqual([]);
  });

  it("the checker finds mixed content on an https page, and a clock that is ahead", () => {
    const html = `${validHtml}<script src="http://cdn.example.org/a.js"></script>`;
    expect(check({ html })).toMatchObject([
      { code: "mixed-content", fix: "https://cdn.example.org/a.js" },
    ]);
    const futureHeaders = validHeaders.replace("11:59:30", "12:10:00");
    expect(check({ headers: futureHeaders })).toMatchObject([
      {
        code: "clock-skew",
        severity: "warning",
        message: expect.stringContaining("of the page's server is 10 minutes ahead of this"),
      },
    ]);
  });

  it.each(["", "not html <<<", "<script src=", "\u0000", "{}".repeat(50_000)])(
    "the checker does not fail on %.20s",
    (text) => {
      expect(() => check({ html: text, headers: text, origin: text })).not.toThrow();
    },
  );
});

describe("the sources of a policy", () => {
  const page = "https://app.example.org";
  it.each([
    ["https://scripts.htech.app", "https://scripts.htech.app/a.js", true],
    ["https://*.htech.app", "https://scripts.htech.app/a.js", true],
    ["https://*.htech.app", "https://htech.app/a.js", false],
    ["scripts.htech.app", "https://scripts.htech.app/a.js", true],
    ["http://scripts.htech.app", "https://scripts.htech.app/a.js", true],
    ["https://scripts.htech.app:8443", "https://scripts.htech.app/a.js", false],
    ["https://scripts.htech.app:*", "https://scripts.htech.app:8443/a.js", true],
    ["https://scripts.htech.app/lib/", "https://scripts.htech.app/lib/a.js", true],
    ["https://scripts.htech.app/lib/", "https://scripts.htech.app/other/a.js", false],
    ["https://scripts.htech.app/a.js", "https://scripts.htech.app/a.js", true],
    ["https:", "https://scripts.htech.app/a.js", true],
    ["*", "https://scripts.htech.app/a.js", true],
    ["'self'", "https://app.example.org/a.js", true],
    ["'self'", "https://scripts.htech.app/a.js", false],
    ["'none'", "https://scripts.htech.app/a.js", false],
    ["'unsafe-inline'", "https://scripts.htech.app/a.js", false],
    ["https://evilscripts.htech.app", "https://scripts.htech.app/a.js", false],
  ])("the source %s allows %s: %s", (source, address, isSourceAllowed) => {
    expect(isAllowed([source], address, { page })).toBe(isSourceAllowed);
  });

  it("sources come from the first directive of a name, in each policy of a header", () => {
    const [first, twoPolicies] = parsePolicies("script-src a; script-src b; ;, Connect-Src c");
    expect(first?.directives.get("script-src")).toEqual(["a"]);
    expect(twoPolicies?.directives.get("connect-src")).toEqual(["c"]);
    const added = ["https://a.example", "https://b.example"];
    const none = { name: "frame-src", sources: ["'none'"] } as const;
    expect(policyLine(none, "frame-src", added)).toBe(
      "frame-src https://a.example https://b.example",
    );
    const fallback = { name: "default-src", sources: ["'self'", "https://a.example"] } as const;
    expect(policyLine(fallback, "frame-src", added)).toBe(
      "frame-src 'self' https://a.example https://b.example",
    );
  });
});

describe("D: trusted types", () => {
  const requireTypes = (names = "") =>
    withPolicy(`${validPolicy}; require-trusted-types-for 'script'${names}`);

  it("D: a policy that lets the loader create its own is fine", () => {
    for (const names of ["", "; trusted-types *", "; trusted-types app hero-portal"]) {
      expect(codes(requireTypes(names))).not.toContain("csp-trusted-types");
    }
  });

  it("D: a policy that does not list the loader's is named, with the whole line", () => {
    const findings = check(requireTypes("; trusted-types app"));
    expect(findings.find(({ code }) => code === "csp-trusted-types")?.fix).toBe(
      "trusted-types app hero-portal",
    );
  });

  it("D: a release of the loader without a policy is named", () => {
    const html = validHtml.replace("/embed/v2.js", "/embed/v1.js");
    expect(codes({ ...requireTypes(), html })).toContain("trusted-types-release");
    expect(codes({ html })).not.toContain("trusted-types-release");
  });
});
