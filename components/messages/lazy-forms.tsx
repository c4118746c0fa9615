"use client";

import dynamic from "next/dynamic";
import { FormSkeleton } from "@/components/forms/form-skeleton";

// These only work with JavaScript, and load after the page around them.
export const ComposeMessage = dynamic(
  () => import("./compose-message").then((module) => module.ComposeMessage),
  { ssr: false, loading: () => <FormSkeleton text="Loading the form…" /> },
);

export const SelectRecipient = dynamic(
  () => import("./select-recipient").then((module) => module.SelectRecipient),
  { ssr: false, loading: () => <FormSkeleton text="Loading the form…" /> },
);

export const MessageSettingsForm = dynamic(
  () => import("./settings-form").then((module) => module.MessageSettingsForm),
  { ssr: false, loading: () => <FormSkeleton text="Loading the form…" /> },
);
