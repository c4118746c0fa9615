/**
 * Headers are set by `scripts/serve.ts`, which is in front of every answer, and the content security
 * policy by `proxy.ts`.
 *
 * @type {import("next").NextConfig}
 */
const config = {
  reactStrictMode: true,
  poweredByHeader: false,
  images: { unoptimized: true },
  serverExternalPackages: ["postgres", "pg-boss", "nodemailer", "rate-limiter-flexible"],
  // Lock files above the checkout must not move the root.
  turbopack: { root: import.meta.dirname },
  agentRules: false,
  // Server code keeps its names, so that a logged error says what it is and where.
  experimental: { agentUpgrade: false, serverMinification: false },
};

export default config;
