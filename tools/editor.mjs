// What static/js/editor-*.js takes from TipTap and marked: tools/vendor.mjs bundles this file, and what it
// does not name is left out.
export { Editor, Extension, InputRule, Mark, Node, wrappingInputRule } from "@tiptap/core";
export { Document } from "@tiptap/extension-document";
export { Text } from "@tiptap/extension-text";
export { Paragraph } from "@tiptap/extension-paragraph";
export { Bold } from "@tiptap/extension-bold";
export { Italic } from "@tiptap/extension-italic";
export { Code } from "@tiptap/extension-code";
export { Subscript } from "@tiptap/extension-subscript";
export { Superscript } from "@tiptap/extension-superscript";
export { Heading } from "@tiptap/extension-heading";
export { Blockquote } from "@tiptap/extension-blockquote";
export { CodeBlock } from "@tiptap/extension-code-block";
export { HardBreak } from "@tiptap/extension-hard-break";
export { HorizontalRule } from "@tiptap/extension-horizontal-rule";
export { BulletList, ListItem, ListKeymap, OrderedList } from "@tiptap/extension-list";
export { Table, TableCell, TableHeader, TableRow } from "@tiptap/extension-table";
export { Dropcursor, Gapcursor, Placeholder, TrailingNode, UndoRedo } from "@tiptap/extensions";
export { DOMParser, DOMSerializer } from "@tiptap/pm/model";
export { NodeSelection, Plugin } from "@tiptap/pm/state";
export { Marked } from "marked";
