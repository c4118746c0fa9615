/** Received when; kept for the life of the page, in which the same render may be shown again. */
let received = { serverTime: "", at: 0 };

/**
 * The server's time now: the time that it sent, plus what has passed here since. Whatever this machine's
 * clock says; only its running counts.
 */
export function serverNow(serverTime: string, now = Date.now()): number {
  if (received.serverTime !== serverTime) received = { serverTime, at: now };
  return Date.parse(serverTime) + now - received.at;
}
