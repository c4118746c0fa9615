"use client";

import dynamic from "next/dynamic";
import { FormSkeleton } from "@/components/forms/form-skeleton";

// These forms only work with JavaScript. Their libraries (80 KiB) load after the page around them.
export const NewLinkForm = dynamic(
  () => import("./new-link-form").then((module) => module.NewLinkForm),
  { ssr: false, loading: () => <FormSkeleton text="Loading the form…" /> },
);

export const EditLinkForm = dynamic(
  () => import("./edit-link-form").then((module) => module.EditLinkForm),
  { ssr: false, loading: () => <FormSkeleton text="Loading the form…" /> },
);
