import { useApp } from "../app-context";
import { useStore } from "../store";

/**
 * What a screen reader hears. It outlives the pages: what is said while one goes and the next comes would be heard from neither, for a
 * reader hears what changes and not what was there when an element came.
 */
export function Announcer() {
  const { announcement } = useApp();
  const spoken = useStore(announcement);
  return (
    <div class="unseen" role="status" aria-live="polite" id="announcer">
      {spoken}
    </div>
  );
}
