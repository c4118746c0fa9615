import * as z from "./zod-parts";

// In a browser zod would first test whether it may compile code, which our content security policy would
// report as a violation.
if (typeof window !== "undefined") z.config({ jitless: true });

export { z };
