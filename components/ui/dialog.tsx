"use client";

import dynamic from "next/dynamic";
import { useState } from "react";
import type { AlertDialogProps, DialogProps } from "./dialog-frame";

// Loaded when the first dialog opens, not with the page.
const DialogFrame = dynamic(() => import("./dialog-frame").then((module) => module.DialogFrame), {
  ssr: false,
});
const AlertDialogFrame = dynamic(
  () => import("./dialog-frame").then((module) => module.AlertDialogFrame),
  { ssr: false },
);

/** A dialog; closes with Esc, its close button or a click outside. */
export function Dialog(props: DialogProps) {
  return useHasOpened(props.open) ? <DialogFrame {...props} /> : null;
}

/** Confirms an action that cannot be undone. */
export function AlertDialog(props: AlertDialogProps) {
  return useHasOpened(props.open) ? <AlertDialogFrame {...props} /> : null;
}

/** True from the first opening on, so that the closing animation can finish. */
function useHasOpened(open: boolean): boolean {
  const [hasOpened, setHasOpened] = useState(open);
  if (open && !hasOpened) setHasOpened(true);
  return hasOpened || open;
}
