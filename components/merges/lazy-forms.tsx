"use client";

import dynamic from "next/dynamic";
import { FormSkeleton } from "@/components/forms/form-skeleton";

// These forms only work with JavaScript. Their libraries load after the page around them.
export const RequestMerge = dynamic(
  () => import("./request-merge").then((module) => module.RequestMerge),
  { ssr: false, loading: () => <FormSkeleton text="Loading the form…" /> },
);

export const RefuseMerge = dynamic(
  () => import("./refuse-merge").then((module) => module.RefuseMerge),
  { ssr: false },
);
