"use client";

import {
  Building2,
  FlaskConical,
  type LucideIcon,
  Plus,
  UserRound,
  UsersRound,
} from "lucide-react";
import { portalPath, roomAfterSwitch } from "./portal-path";
import { roomsFor } from "./rooms";
import { useShell, useWhereabouts } from "./shell-context";

export type Command = {
  id: string;
  label: string;
  detail?: string;
  icon: LucideIcon;
  href: string;
};

/** What the palette offers here and to this person, in groups; empty groups are left out. */
export function useCommands(): { value: string; items: Command[] }[] {
  const { tenant, environment, environments, organisations, practices, can } = useShell();
  const { place, room, practiceId } = useWhereabouts();
  const practice = practiceId;
  const target = roomAfterSwitch(room);

  const actions: Command[] = [];
  if (can.includes("links.create")) {
    actions.push({
      id: "new-link",
      label: "New booking link",
      icon: Plus,
      href: portalPath(place, "/links/new", { practice }),
    });
  }
  if (can.includes("practices.manage")) {
    actions.push({
      id: "connect",
      label: "Connect a practice",
      icon: Plus,
      href: portalPath(place, "/practices/connect"),
    });
  }

  const groups = [
    { value: "Actions", items: actions },
    {
      value: "Pages",
      items: [
        ...roomsFor(can).map(
          (each): Command => ({
            id: `room ${each.path}`,
            label: each.label,
            icon: each.icon,
            href: portalPath(place, each.path, { practice }),
          }),
        ),
        { id: "account", label: "Your account", icon: UserRound, href: "/account" },
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
                href: portalPath(place, target),
              },
            ]
          : []),
        ...practices
          .filter((each) => each.id !== practiceId)
          .map(
            (each): Command => ({
              id: `practice ${each.id}`,
              label: each.name,
              detail: each.practiceGroupId,
              icon: Building2,
              href: portalPath(place, target, { practice: each.id }),
            }),
          ),
      ],
    },
    {
      value: "Switch environment",
      items: environments
        .filter(({ id }) => id !== environment)
        .map(
          ({ id, name }): Command => ({
            id: `environment ${id}`,
            label: name,
            icon: FlaskConical,
            href: portalPath({ tenant: tenant.slug, environment: id }, target),
          }),
        ),
    },
    {
      value: "Switch organisation",
      items: organisations
        .filter((each) => each.slug !== tenant.slug)
        .map(
          (each): Command => ({
            id: `organisation ${each.slug}`,
            label: each.name,
            detail: each.slug,
            icon: UsersRound,
            href: portalPath({ tenant: each.slug, environment }),
          }),
        ),
    },
  ];
  return groups.filter(({ items }) => items.length > 0);
}
