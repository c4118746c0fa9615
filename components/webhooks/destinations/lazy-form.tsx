"use client";

import dynamic from "next/dynamic";
import { FormSkeleton } from "@/components/forms/form-skeleton";

// It only works with JavaScript, and loads with its libraries after the page around it.
export const DestinationForm = dynamic(
  () => import("./destination-form").then((module) => module.DestinationForm),
  { ssr: false, loading: () => <FormSkeleton text="Loading the form…" /> },
);
