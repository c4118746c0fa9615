"use client";

import dynamic from "next/dynamic";
import { FormSkeleton } from "@/components/forms/form-skeleton";

// It only works with JavaScript, and loads after the page around it, all at once: a file that was read must not be
// lost because a later step does not load.
export const NewBatch = dynamic(() => import("./new/new-batch").then((module) => module.NewBatch), {
  ssr: false,
  loading: () => <FormSkeleton text="Loading the form…" />,
});

// Its libraries load after the page around it.
export const RefuseBatch = dynamic(
  () => import("./refuse-batch").then((module) => module.RefuseBatch),
  { ssr: false },
);
