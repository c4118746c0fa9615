"use client";

import { Component, type ReactNode } from "react";
import { isNewVersionError } from "@/components/ui/new-version";

type NewVersionBoundaryProps = { children: ReactNode; onNewVersion: () => void };

/** Catches what a form throws when the server no longer knows its action. */
export class NewVersionBoundary extends Component<NewVersionBoundaryProps, { error: unknown }> {
  override state = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidCatch(error: unknown) {
    if (isNewVersionError(error)) this.props.onNewVersion();
  }

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    if (!isNewVersionError(error)) throw error;
    return null;
  }
}
