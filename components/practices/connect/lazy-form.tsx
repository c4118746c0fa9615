"use client";

import dynamic from "next/dynamic";
import { FormSkeleton } from "@/components/forms/form-skeleton";

// The form only works with JavaScript. Its libraries (80 KiB) load after the page around it.
export const ConnectPractice = dynamic(
  () => import("./connect-practice").then((module) => module.ConnectPractice),
  { ssr: false, loading: () => <FormSkeleton text="Loading the form…" /> },
);
