"use client";

import dynamic from "next/dynamic";
import { FormSkeleton } from "@/components/forms/form-skeleton";

// The form only works with JavaScript. Its libraries load after the page around it.
export const FindPatient = dynamic(
  () => import("./find-patient").then((module) => module.FindPatient),
  { ssr: false, loading: () => <FormSkeleton text="Loading the form…" /> },
);

export const ConnectToEhr = dynamic(
  () => import("./ehr-connect").then((module) => module.ConnectToEhr),
  { ssr: false, loading: () => <FormSkeleton text="Loading the form…" /> },
);
