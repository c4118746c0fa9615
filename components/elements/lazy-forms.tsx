"use client";

import dynamic from "next/dynamic";
import { FormSkeleton } from "@/components/forms/form-skeleton";

// These only work with JavaScript. They and their libraries (up to 80 KiB) load after the page around them.
export const PlacementForm = dynamic(
  () => import("./placement/placement-form").then((module) => module.PlacementForm),
  { ssr: false, loading: () => <FormSkeleton text="Loading the form…" /> },
);

export const PlacementDesigner = dynamic(
  () => import("./designer/placement-designer").then((module) => module.PlacementDesigner),
  { ssr: false, loading: () => <FormSkeleton text="Loading the designer…" /> },
);

export const EmbedChecker = dynamic(
  () => import("./checker/embed-checker").then((module) => module.EmbedChecker),
  { ssr: false, loading: () => <FormSkeleton text="Loading the checker…" /> },
);
