"use client";

import {
  Blocks,
  Building2,
  Files,
  FlaskConical,
  GitMerge,
  type LucideIcon,
  Mails,
  MessageSquarePlus,
  MessageSquareText,
  Plus,
  Settings,
  UserRound,
  UsersRound,
} from "lucide-react";
import { environmentNames } from "@/server/schemas/environment-names";
import { portalPath, pathAfterSwitch } from "./portal-path";
import { visibleNavItems } from "./nav-items";
import { useShell, usePortalLocation } from "./shell-context";

export type Command = {
  id: string;
  label: string;
  detail?: string;
  icon: LucideIcon;
  href: string;
};

/** Pages within the sections of the navigation. */
const subpages = [
  { path: "/links/bulk-uploads", label: "Bulk uploads", icon: Files, permission: "links.read" },
  { path: "/merges", label: "Merges", icon: GitMerge, permission: "patients.merge" },
  { path: "/messages/batches", label: "Batches", icon: Mails, permission: "messages.read" },
  {
    path: "/messages/templates",
    label: "Message templates",
    icon: MessageSquareText,
    permission: "messages.read",
  },
  {
    path: "/elements/message-builder",
    label: "Message Builder",
    icon: Blocks,
    permission: "element_sessions.create",
  },
  {
    path: "/elements/assigned",
    label: "Assigned elements",
    icon: Blocks,
    permission: "elements.read",
  },
  {
    path: "/elements/scripts",
    label: "Hero's scripts",
    icon: Blocks,
    permission: "elements.read",
  },
  { path: "/elements/checker", label: "Embed checker", icon: Blocks, permission: "elements.read" },
  {
    path: "/settings/api",
    label: "API documentation",
    icon: Settings,
    permission: "api_keys.manage",
  },
];

/** The palette's commands for this page and user, in groups without empty ones. */
export function useCommands(): { value: string; items: Command[] }[] {
  const { tenant, environment, environments, organisations, practices, permissions } = useShell();
  const { scope, path, practiceId } = usePortalLocation();
  const targetPath = pathAfterSwitch(path);

  const actions: Command[] = [];
  if (permissions.includes("links.create")) {
    actions.push({
      id: "new-link",
      label: "New link",
      icon: Plus,
      href: portalPath(scope, "/links/new", { practice: practiceId }),
    });
  }
  if (permissions.includes("links.create")) {
    actions.push({
      id: "new-upload",
      label: "New bulk upload",
      icon: Files,
      href: portalPath(scope, "/links/bulk-uploads/new", { practice: practiceId }),
    });
  }
  if (permissions.includes("messages.send")) {
    actions.push({
      id: "new-message",
      label: "New message",
      icon: MessageSquarePlus,
      href: portalPath(scope, "/messages/new", { practice: practiceId }),
    });
    actions.push({
      id: "new-batch",
      label: "New batch of messages",
      icon: Mails,
      href: portalPath(scope, "/messages/batches/new", { practice: practiceId }),
    });
  }
  if (permissions.includes("practices.manage")) {
    actions.push({
      id: "connect",
      label: "Connect a practice",
      icon: Plus,
      href: portalPath(scope, "/practices/connect"),
    });
  }

  const groups = [
    { value: "Actions", items: actions },
    {
      value: "Pages",
      items: [
        ...visibleNavItems(permissions).map(
          (item): Command => ({
            id: `page ${item.path}`,
            label: item.label,
            icon: item.icon,
            href: portalPath(scope, item.path, { practice: practiceId }),
          }),
        ),
        ...subpages
          .filter(({ permission }) => permissions.some((held) => held === permission))
          .map(
            ({ path: subpath, label, icon }): Command => ({
              id: `page ${subpath}`,
              label,
              icon,
              href: portalPath(scope, subpath, { practice: practiceId }),
            }),
          ),
        {
          id: "organisations",
          label: "Your organisations",
          icon: UsersRound,
          href: "/organisations",
        },
        {
          id: "account",
          label: "Your account",
          icon: UserRound,
          href: "/account",
        },
      ],
    },
    {
      value: "Switch practice",
      items: [
        ...(practiceId
          ? [
              {
                id: "practice all",
                label: "All practices",
                icon: Building2,
                href: portalPath(scope, targetPath),
              },
            ]
          : []),
        ...practices
          .filter((item) => item.id !== practiceId)
          .map(
            (item): Command => ({
              id: `practice ${item.id}`,
              label: item.name,
              detail: item.practiceGroupId,
              icon: Building2,
              href: portalPath(scope, targetPath, { practice: item.id }),
            }),
          ),
      ],
    },
    {
      value: "Switch environment",
      items: environments
        .filter((option) => option !== environment)
        .map(
          (option): Command => ({
            id: `environment ${option}`,
            label: environmentNames[option],
            icon: FlaskConical,
            href: portalPath({ tenant: tenant.slug, environment: option }, targetPath),
          }),
        ),
    },
    {
      value: "Switch organisation",
      items: organisations
        .filter((item) => item.slug !== tenant.slug)
        .map(
          (item): Command => ({
            id: `organisation ${item.slug}`,
            label: item.name,
            detail: item.slug,
            icon: UsersRound,
            href: portalPath({ tenant: item.slug, environment }),
          }),
        ),
    },
  ];
  return groups.filter(({ items }) => items.length > 0);
}
