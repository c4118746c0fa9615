"use client";

import Link, { useLinkStatus } from "next/link";
import { portalPath } from "./portal-path";
import { type Room, roomsFor } from "./rooms";
import { useShell, useWhereabouts } from "./shell-context";

/** The rooms as links; each keeps the chosen practice. `onChoose` is for the sheet, which closes. */
export function RoomLinks({ onChoose }: { onChoose?: () => void }) {
  const { can } = useShell();
  const { place, room: here, practiceId } = useWhereabouts();
  return (
    <ul className="flex flex-col gap-0.5">
      {roomsFor(can).map((room) => {
        const isHere = room.path === "" ? here === "" : `${here}/`.startsWith(`${room.path}/`);
        return (
          <li key={room.path}>
            <Link
              href={portalPath(place, room.path, { practice: practiceId })}
              aria-current={isHere ? "page" : undefined}
              onClick={onChoose}
              className="flex h-8 items-center gap-2.5 rounded-md px-2.5 font-medium text-muted pointer-coarse:h-11 hover:bg-hover hover:text-ink aria-[current]:bg-accent-soft aria-[current]:text-accent"
            >
              <RoomMark room={room} />
              {room.label}
            </Link>
          </li>
        );
      })}
    </ul>
  );
}

/** The room's icon, which breathes while its page is on the way. */
function RoomMark({ room: { icon: Icon } }: { room: Room }) {
  const { pending } = useLinkStatus();
  return (
    <Icon
      aria-hidden="true"
      className={`size-4 shrink-0 ${pending ? "animate-breathe" : ""}`}
      strokeWidth={1.75}
    />
  );
}
