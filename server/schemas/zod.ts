import * as z from "./zod-parts";

// In a browser zod would first try whether it may compile code; our content security policy forbids
// that and would report the try, so it is told beforehand.
if (typeof window !== "undefined") z.config({ jitless: true });

export { z };
