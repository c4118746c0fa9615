import { watch } from "node:fs";
import type { Program } from "../processes";

/**
 * Restarts a program when a source file below one of `folders` changes.
 *
 * @param getProgram Returns undefined while the program has not started yet.
 */
export function restartOnChange(
  folders: string[],
  getProgram: () => Program | undefined,
  onRestart: (file: string) => void,
): void {
  // An editor or a checkout writes several files at once: restart after the last of them.
  const quietMs = 200;
  let timer: NodeJS.Timeout | undefined;
  for (const folder of folders) {
    watch(folder, { recursive: true }, (_event, file) => {
      if (!file || !/\.tsx?$/.test(file)) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        onRestart(`${folder}/${file}`);
        getProgram()?.restart();
      }, quietMs);
    });
  }
}
