import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { createRuleEditor, type RuleEditor, type RuleEditorOptions } from "./rule-editor.ts";

export type RuleEditorHandle = Pick<RuleEditor, "replace" | "reveal">;

/** The editor as a part of a page. It keeps its own text; `document` is what it opens with. */
export function RuleEditorView({ handle, ...options }: RuleEditorOptions & { handle: Ref<RuleEditorHandle> }) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<RuleEditor | null>(null);
  const latest = useRef(options);
  useEffect(() => {
    latest.current = options;
  });
  useEffect(() => {
    if (host.current === null) return;
    const made = createRuleEditor(host.current, {
      document: latest.current.document,
      words: latest.current.words,
      onChange: (document) => latest.current.onChange(document),
      check: (document) => latest.current.check(document),
      onSave: () => latest.current.onSave(),
    });
    editor.current = made;
    return () => {
      editor.current = null;
      made.destroy();
    };
  }, []);
  useImperativeHandle(handle, () => ({
    replace: (document) => editor.current?.replace(document),
    reveal: (offset) => editor.current?.reveal(offset),
  }));
  return <div ref={host} className="h-full min-h-0" />;
}
