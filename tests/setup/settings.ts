/** Settings of every test; a database and Hero are added where needed. */
process.env.AUTH_SECRET ||= "a secret that is only for tests, and long enough";
process.env.MASTER_KEYS ||= `test:${Buffer.alloc(32, 7).toString("base64")}`;
process.env.DATABASE_URL ||= "postgres://nobody@127.0.0.1:1/none";
process.env.SMTP_URL ||= "smtp://127.0.0.1:1";
process.env.PUBLIC_URL ||= "http://localhost:3000";
process.env.LOG_LEVEL ||= "error";
// Tests use the sandbox as the Hero of every environment.
process.env.HERO_SANDBOX_LINK_HOSTS ||= "localhost,127.0.0.1,hero.example";
process.env.HERO_STAGING_LINK_HOSTS ||= "localhost";
process.env.HERO_PRODUCTION_LINK_HOSTS ||= "localhost";
// Short time limits, and a high rate so that tests do not wait for slots.
process.env.HERO_TIMEOUT_MS ||= "1500";
process.env.HERO_RATE_PER_SECOND ||= "200";
process.env.HERO_CONCURRENCY ||= "16";
// Tests send events to receivers of their own.
process.env.ALLOWED_PRIVATE_HOSTS ||= "127.0.0.1,receiver.localhost";
