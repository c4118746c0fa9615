import * as z from "zod";

// In a browser zod would first try whether it may compile code; our content security policy forbids
// that and would report the try, so it is told beforehand.
if (typeof window !== "undefined") z.config({ jitless: true });

// A namespace, and not zod's own object `z`: that would bring every language and converter along.
export { z };
