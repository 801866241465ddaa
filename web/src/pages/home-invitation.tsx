import { useState } from "preact/hooks";
import { useApp } from "../app-context";
import { Link } from "../components/link";
import { decline, mayInvite } from "../home/invitation";
import { registerPath } from "../paths";
import { words } from "../words";

/** A guest who has something to lose hears once how to keep it. */
export function Invitation() {
  const { api } = useApp();
  const [invited, setInvited] = useState(() => mayInvite(localStorage, Date.now()));
  if (!invited || !api.isGuest()) return null;
  const later = () => {
    decline(localStorage, Date.now());
    setInvited(false);
    // The button is gone: the next stop of the keyboard is what comes after the top of the page.
    document.getElementById("main")?.focus({ preventScroll: true });
  };
  return (
    <div class="panel">
      <p>{words.home.guest}</p>
      <p class="row">
        <Link to={registerPath} class="button">
          {words.home.guestRegister}
        </Link>
        <button type="button" class="button quiet-button" onClick={later}>
          {words.home.guestLater}
        </button>
      </p>
    </div>
  );
}
