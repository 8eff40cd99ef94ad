export function contentVersion(): string;
