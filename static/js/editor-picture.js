// Pictures: chosen, pasted or dropped, sent to the server at once, and described in words before publishing.

const ADDRESS = "/console/uploads";
const NO_LINE = "The picture could not be sent. Check the connection and add it again.";

/** Sends a file; resolves to the attributes of its picture, or rejects with words for the writer. */
export async function upload(file) {
  const body = new FormData();
  body.append("file", file, file.name || "picture.png");
  let reply;
  try {
    reply = await fetch(ADDRESS, { method: "POST", body, headers: { "HX-Request": "true" } });
  } catch {
    throw new Error(NO_LINE);
  }
  const page = new DOMParser().parseFromString(await reply.text(), "text/html").body;
  const picture = page.querySelector("img[src^='/uploads/']");
  if (reply.ok && picture) {
    const [src, width, height] = ["src", "width", "height"].map((name) => picture.getAttribute(name));
    return { src, width, height, alt: "" };
  }
  const words = page.querySelector(".error, [role=alert], .words p, p")?.textContent.trim();
  throw new Error(words || NO_LINE);
}

export const picturesIn = (files) => [...(files ?? [])].filter((file) => file.type.startsWith("image/"));

/** A picture with its description, as a button, and its caption. */
export function figureView({ node }) {
  const dom = document.createElement("figure");
  const picture = document.createElement("img");
  const words = document.createElement("button");
  const contentDOM = document.createElement("figcaption");
  words.type = "button";
  words.className = "writer-alt";
  words.dataset.describe = "";
  words.contentEditable = "false";
  dom.append(picture, words, contentDOM);
  const show = ({ attrs, content }) => {
    for (const name of ["src", "alt", "width", "height"]) {
      if (attrs[name] === null) picture.removeAttribute(name);
      else if (picture.getAttribute(name) !== String(attrs[name])) picture.setAttribute(name, attrs[name]);
    }
    const alt = attrs.alt.trim();
    words.textContent = alt ? `Described as: ${alt}` : "Describe this picture";
    words.classList.toggle("missing", !alt);
    contentDOM.classList.toggle("empty", content.size === 0);
  };
  show(node);
  return {
    dom,
    contentDOM,
    update: (changed) => changed.type === node.type && (show(changed), true),
    stopEvent: (event) => words.contains(event.target),
    ignoreMutation: (mutation) => mutation.type !== "selection" && !contentDOM.contains(mutation.target),
  };
}
