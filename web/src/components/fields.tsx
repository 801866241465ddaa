import type { ComponentChildren } from "preact";
import type { Form } from "./use-form";

interface FieldProps {
  /** Its name in the form's problems, and the id of its input. */
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly problem?: string | undefined;
  readonly hint?: string;
  readonly type?: "text" | "email" | "password" | "date";
  /** What a browser or a password manager fills it with. */
  readonly autocomplete?: string;
  readonly inputMode?: "numeric";
}

/** One line of text with its label, its hint and the room for what is wrong with it, so that nothing moves. */
export function Field(props: FieldProps) {
  const { name, label, value, onValue, problem, hint, type = "text", autocomplete = "off" } = props;
  return (
    <div class="entry">
      <label for={name}>{label}</label>
      <input
        id={name}
        name={name}
        // The types of inputs are a union with one member a type; all that is set here every one of them has.
        type={type as "text"}
        value={value}
        autocomplete={autocomplete}
        inputMode={props.inputMode}
        autocapitalize={type === "email" ? "none" : undefined}
        spellcheck={type === "text" ? undefined : false}
        dir={type === "text" ? "auto" : undefined}
        aria-invalid={problem !== undefined}
        aria-describedby={describedBy(name, hint)}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      <Below name={name} hint={hint} problem={problem} />
    </div>
  );
}

type AreaProps = Pick<FieldProps, "name" | "label" | "value" | "onValue" | "problem" | "hint">;

/** Several lines of text. */
export function TextArea({ name, label, value, onValue, problem, hint }: AreaProps) {
  return (
    <div class="entry">
      <label for={name}>{label}</label>
      <textarea
        id={name}
        name={name}
        rows={3}
        value={value}
        dir="auto"
        aria-invalid={problem !== undefined}
        aria-describedby={describedBy(name, hint)}
        onInput={(event) => onValue(event.currentTarget.value)}
      />
      <Below name={name} hint={hint} problem={problem} />
    </div>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly options: readonly { readonly value: string; readonly words: string }[];
  readonly hint?: string;
}

/** One of a few. */
export function Choice({ name, label, value, onValue, options, hint }: ChoiceProps) {
  return (
    <div class="entry">
      <label for={name}>{label}</label>
      <select
        id={name}
        name={name}
        value={value}
        aria-describedby={hint === undefined ? undefined : `${name}-hint`}
        onChange={(event) => onValue(event.currentTarget.value)}
      >
        {options.map((one) => (
          <option key={one.value} value={one.value}>
            {one.words}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <p class="small quiet" id={`${name}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

interface SubmitProps {
  readonly form: Form;
  readonly words: string;
  readonly sending: string;
  /** What came of it; said aloud as well. */
  readonly done?: string;
  readonly children?: ComponentChildren;
}

/** The button, and the one place for what the server says. */
export function Submit({ form, words, sending, done = "", children }: SubmitProps) {
  return (
    <>
      <p class="refusal" role="alert" tabIndex={-1} data-refusal>
        {form.refusal}
      </p>
      <p class="row">
        {/* Never disabled while it sends: it would lose the focus. A second press does nothing. */}
        <button type="submit" class="button primary" aria-disabled={form.sending}>
          {form.sending ? sending : words}
        </button>
        {children}
        <span role="status">{form.sending ? "" : done}</span>
      </p>
    </>
  );
}

function Below({
  name,
  hint,
  problem,
}: Pick<FieldProps, "name" | "problem"> & { readonly hint: string | undefined }) {
  return (
    <>
      {hint !== undefined && (
        <p class="small quiet" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      <p class="small problem" id={`${name}-problem`}>
        {problem}
      </p>
    </>
  );
}

function describedBy(name: string, hint: string | undefined): string {
  return hint === undefined ? `${name}-problem` : `${name}-problem ${name}-hint`;
}
