// What the server puts in front of the script, and what the script gives the page.

declare const CSS_TEXT: string;

interface Window {
  citewire?: Readonly<{ open(): void; close(): void; ask(question: string): void; destroy(): void }>;
}
