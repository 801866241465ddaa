import { useEffect } from "preact/hooks";
import { useApp } from "../app-context";
import { useStore } from "../store";
import { words } from "../words";

/** That a newer version is there, at the foot of the page: it moves nothing, and waits for as long as it takes. */
export function NewVersion() {
  const { versions, announcement } = useApp();
  const newer = useStore(versions.newer);
  useEffect(() => {
    if (newer && versions.firstMention()) announcement.set(words.version.there);
  }, [newer, versions, announcement]);
  if (!newer) return null;
  return (
    <section class="new-version" aria-label={words.version.label} data-new-version>
      <p>
        {words.version.there} <span class="quiet">{words.version.keeps}</span>
      </p>
      <p class="row">
        <button type="button" class="button" onClick={() => versions.reload()}>
          {words.version.reload}
        </button>
        <button type="button" class="button quiet-button" onClick={() => versions.later()}>
          {words.version.later}
        </button>
      </p>
    </section>
  );
}
