/** The text of docs/reference.md. The packages have to be built. */
export function reference(): string
