import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
  useId,
} from 'react';

const box =
  'w-full rounded-sm border border-line-2 bg-sheet px-2.5 text-base max-sm:text-lg placeholder:text-ink-3 focus-visible:outline-offset-0';

function Label({ id, name, hint, hidden }: { id: string; name: string; hint?: string | undefined; hidden?: boolean }) {
  return (
    <label htmlFor={id} className={hidden ? 'sr-only' : 'mb-1 block font-medium'}>
      {name}
      {hint !== undefined && <span className="block text-sm font-normal text-ink-2">{hint}</span>}
    </label>
  );
}

interface Named {
  readonly name: string;
  readonly hint?: string;
  readonly hideName?: boolean;
}

export function Field({
  name,
  hint,
  hideName,
  className = '',
  ...rest
}: Named & InputHTMLAttributes<HTMLInputElement> & { readonly ref?: Ref<HTMLInputElement> }) {
  const id = useId();
  return (
    <div className={className}>
      <Label id={id} name={name} hint={hint} hidden={hideName ?? false} />
      <input {...rest} id={id} className={`${box} h-8 max-sm:h-10`} />
    </div>
  );
}

export function Area({ name, hint, hideName, ...rest }: Named & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const id = useId();
  return (
    <div>
      <Label id={id} name={name} hint={hint} hidden={hideName ?? false} />
      <textarea rows={3} {...rest} id={id} className={`${box} py-1.5`} />
    </div>
  );
}

export function Choice({
  name,
  hint,
  hideName,
  className = '',
  children,
  ...rest
}: Named & SelectHTMLAttributes<HTMLSelectElement> & { readonly children: ReactNode }) {
  const id = useId();
  return (
    <div className={className}>
      <Label id={id} name={name} hint={hint} hidden={hideName ?? false} />
      <select {...rest} id={id} className={`${box} h-8 max-sm:h-10`}>
        {children}
      </select>
    </div>
  );
}
