import { useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { useApp } from "../app-context";
import { Chrome } from "../components/chrome";
import { ForRole } from "../components/for-role";
import { Heading } from "../components/heading";
import { Link } from "../components/link";
import { ownPath } from "../paths";
import { useLoaded } from "../use-loaded";
import { words } from "../words";
import { OwnerExport } from "./owner-export";
import { OwnerItems } from "./owner-items";
import { OwnerLearners } from "./owner-learners";
import { OwnerReports } from "./owner-reports";

/** What the use of a certification says of it, for who answers for it. */
export function OwnerPage() {
  const { certification = "" } = useRoute().params;
  return <Owner key={certification} certification={certification} />;
}

function Owner({ certification }: { readonly certification: string }) {
  const { api } = useApp();
  const list = useLoaded(() => api.certifications(), "certifications");
  const known = list.kind === "loaded" ? list.value.find(({ id }) => id === certification) : undefined;
  return (
    <Chrome>
      <Heading title={words.own.titleOf(known?.title ?? certification)} />
      <p>
        <Link to={ownPath}>{words.own.back}</Link>
      </p>
      <ForRole needs="author">
        <Sections certification={certification} />
      </ForRole>
    </Chrome>
  );
}

/** Sections load each for itself: one that fails leaves the others. Whoever may not is told so once, by the first. */
function Sections({ certification }: { readonly certification: string }) {
  const [version, setVersion] = useState<string>();
  const [open, setOpen] = useState(false);
  return (
    <>
      <section class="section" id="items">
        <h2>{words.owner.itemsTitle}</h2>
        <OwnerItems
          certification={certification}
          version={version}
          onVersion={setVersion}
          onAllowed={() => setOpen(true)}
        />
      </section>
      {open && (
        <>
          <OwnerReports certification={certification} />
          <OwnerLearners certification={certification} />
          <OwnerExport certification={certification} version={version} />
        </>
      )}
    </>
  );
}
