"use client";

import dynamic from "next/dynamic";
import { FormSkeleton } from "@/components/forms/form-skeleton";

// The steps only work with JavaScript, and load after the page around them, all at once: a file that
// was read must not be lost because a later step does not load.
export const NewBulkUpload = dynamic(
  () => import("./new-bulk-upload").then((module) => module.NewBulkUpload),
  { ssr: false, loading: () => <FormSkeleton text="Loading the form…" /> },
);
