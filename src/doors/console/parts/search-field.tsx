import { useEffect, useRef, useState } from 'react';
import { Field } from './field.tsx';

interface SearchFieldProps {
  readonly name: string;
  readonly placeholder: string;
  readonly className?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A search box whose words live in the address: the address follows the typing, never the other way round. */
export function SearchField({ value, onChange, ...rest }: SearchFieldProps) {
  const box = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState(value);
  useEffect(() => {
    if (box.current !== document.activeElement) setDraft(value);
  }, [value]);
  return (
    <Field
      {...rest}
      ref={box}
      hideName
      data-search
      aria-keyshortcuts="/"
      type="search"
      value={draft}
      onChange={(event) => {
        setDraft(event.target.value);
        onChange(event.target.value);
      }}
    />
  );
}
