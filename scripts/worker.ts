import { allowServerOnly } from "./serve/allow-server-only";

// Not by the condition "react-server", as elsewhere: it has no renderer for the HTML of emails.
allowServerOnly();
await import("../server/jobs/worker");
