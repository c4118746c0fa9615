import "server-only";
import { z } from "zod";
import type { HeroConnection } from "./request";
import { isPatientUrl } from "../env";

/** An address in a reply that may be given to a patient. Any other is not believed. */
export const patientUrl = (environment: HeroConnection["environment"]) =>
  z.string().refine((text) => isPatientUrl(environment, text));
