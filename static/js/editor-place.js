// Where a block comes to stand in the text, and where the words go on after it: never in it, nor instead of it.
import { NodeSelection } from "../vendor/tiptap.js";

/** The place for a block at `position`, and whether words that stood after it there go on below. */
function roomFor(tr, position, { type }) {
  const $at = tr.doc.resolve(position);
  if (!$at.parent.isTextblock) return { at: position };
  const around = $at.node(-1);
  const index = $at.index(-1);
  if ($at.parent.type.spec.isolating || !around.canReplaceWith(index + 1, index + 1, type)) return { at: $at.after() };
  const { size } = $at.parent.content;
  if (!size && around.canReplaceWith(index, index + 1, type)) return { at: $at.before(), to: $at.after() };
  if ($at.parentOffset === size) return { at: $at.after() };
  if (!$at.parentOffset && around.canReplaceWith(index, index, type)) return { at: $at.before(), below: true };
  tr.split(position);
  return { at: position + 1, below: true };
}

/** The caret on the line after the block that begins at `position`: one of its own, but for words that `below` says. */
export function caretAfter(tr, position, below = false) {
  const end = position + tr.doc.nodeAt(position).nodeSize;
  const next = tr.doc.resolve(end).nodeAfter;
  const goesOn = next?.isTextblock && (below || (next.type.name === "paragraph" && !next.content.size));
  if (!goesOn) tr.insert(end, tr.doc.type.schema.nodes.paragraph.create());
  return tr.setSelection(NodeSelection.near(tr.doc.resolve(end + 1))).scrollIntoView();
}

/** Puts a block in the place of what stands between `from` and `to`. */
export function placeBlock(tr, { from, to }, node) {
  if (to > from) tr.delete(from, to);
  const room = roomFor(tr, from, node);
  tr.replaceWith(room.at, room.to ?? room.at, node);
  return caretAfter(tr, room.at, room.below);
}

/** Enter in a picture's caption ends it. */
export function leaveCaption({ state, view }) {
  const { $from } = state.selection;
  if ($from.parent.type.name !== "picture") return false;
  view.dispatch(caretAfter(state.tr, $from.before()));
  return true;
}
