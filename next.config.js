/**
 * `scripts/serve.ts` sets the headers of every response, and `proxy.ts` the content security policy.
 *
 * @type {import("next").NextConfig}
 */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  images: { unoptimized: true },
  // `npm run check` checks types; a second time in the build costs a third of it.
  typescript: { ignoreBuildErrors: true },
  serverExternalPackages: [
    "postgres",
    "pg-boss",
    "nodemailer",
    "rate-limiter-flexible",
    "@react-email/render",
  ],
  // A lock file in a folder above must not change the root.
  turbopack: { root: import.meta.dirname },
  agentRules: false,
  // Keeps names in server code, so that logged errors can be traced.
  experimental: { agentUpgrade: false, serverMinification: false },
};

export default config;
