import React from "react";

/** Shows a stack. */
export function View({ name }: { name: string }) {
  return <div title={name}>{name}</div>;
}

export const Short = (): JSX.Element => <br />;
