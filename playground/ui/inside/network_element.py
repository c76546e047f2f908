"""The network drawn with an image in it, as a component of Streamlit's second version.

One element: a picture of all its feature maps a layer, of which each channel's button shows a part.
On a phone the layers stand below each other. It tells which channel was chosen, and of which layers
all channels are wanted.
"""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

_HTML = '<div class="network" role="group"></div>'

_CSS = """
.network {
  display: flex; gap: 0.75rem; overflow-x: auto; padding: 0.25rem 0.25rem 0.75rem;
  font-size: 0.8125rem; container-type: inline-size; align-items: stretch;
}
section {
  flex: none; width: 11.5rem; padding: 0.5rem; box-sizing: border-box;
  background: var(--st-secondary-background-color); border-radius: var(--st-base-radius);
}
section.flat { width: 8.5rem; }
section.slim { width: 5.5rem; }
h4 { margin: 0 0 0.25rem; font-size: 0.8125rem; font-weight: 600; line-height: 1.25; }
p { margin: 0 0 0.5rem; opacity: 0.8; line-height: 1.3; }
.maps { display: flex; flex-wrap: wrap; gap: 4px; }
.maps button, .strip button {
  padding: 0; border: 1px solid color-mix(in srgb, var(--st-text-color) 45%, transparent);
  background-color: var(--st-background-color); cursor: pointer; border-radius: 2px;
  background-image: var(--sprite);
  background-repeat: no-repeat; image-rendering: pixelated;
}
.maps button { width: 52px; height: 52px; }
.strip { display: flex; flex-wrap: wrap; gap: 2px; }
.strip button { width: 18px; height: 18px; }
button:hover, button:focus-visible {
  outline: 2px solid var(--st-primary-color); outline-offset: 1px;
}
button[aria-pressed="true"] { outline: 3px solid var(--st-primary-color); }
button.more {
  font: inherit; color: inherit; background: transparent; cursor: pointer; margin-top: 0.5rem;
  border: 1px solid color-mix(in srgb, var(--st-text-color) 30%, transparent);
  border-radius: var(--st-button-radius, var(--st-base-radius)); padding: 0.125rem 0.5rem;
  min-height: 1.75rem;
}
ol { list-style: none; margin: 0; padding: 0; min-width: 9rem; }
li { margin-bottom: 0.25rem; }
li span { display: flex; justify-content: space-between; gap: 0.5rem; }
li i { display: block; height: 4px; background: var(--st-primary-color); border-radius: 2px; }
li.first { font-weight: 700; }
@media (max-width: 640px) {
  .network { flex-direction: column; overflow-x: visible; }
  section, section.flat, section.slim { width: 100%; }
  .maps button { width: 44px; height: 44px; }
}
"""

_JS = """
export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".network")
  root.setAttribute("aria-label", data.label)
  const make = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag)
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
    element.append(...children)
    return element
  }
  const focused = root.getRootNode().activeElement?.dataset?.name
  const tile = (layer, at) => {
    const { columns, rows, channels } = layer
    const name = `${layer.place}.${channels[at]}`
    const across = columns > 1 ? ((at % columns) / (columns - 1)) * 100 : 0
    const down = rows > 1 ? (Math.floor(at / columns) / (rows - 1)) * 100 : 0
    const button = make("button", {
      type: "button", title: layer.names[at], "aria-label": `${layer.title}, ${layer.names[at]}`,
      "aria-pressed": String(data.picked === name), "data-name": name,
      tabindex: at ? "-1" : "0",
      style: `background-size:${columns * 100}% ${rows * 100}%;`
        + `background-position:${across}% ${down}%`,
    })
    const next = data.picked === name ? "" : name
    button.addEventListener("click", () => setStateValue("picked", next))
    return button
  }
  // One stop of the Tab key a layer; the arrow keys go from channel to channel.
  root.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    const tiles = [...(event.target.parentElement?.querySelectorAll("[data-name]") ?? [])]
    const at = tiles.indexOf(event.target)
    if (!step || at < 0) return
    event.preventDefault()
    tiles[Math.min(Math.max(at + step, 0), tiles.length - 1)].focus()
  }
  const sections = data.layers.map((layer) => {
    const head = [make("h4", {}, layer.title), make("p", {}, layer.facts)]
    if (!layer.channels.length) return make("section", { class: "slim" }, ...head)
    const tiles = layer.channels.map((_, at) => tile(layer, at))
    const parts = [...head, make("div", { class: layer.flat ? "strip" : "maps" }, ...tiles)]
    if (layer.more) {
      const more = make("button", {
        type: "button", class: "more", "data-name": `more.${layer.place}`,
        "aria-label": `${layer.more} more of ${layer.title}`,
      }, `${layer.more} more`)
      more.addEventListener("click", () => setStateValue("whole", [...data.whole, layer.place]))
      parts.push(more)
    }
    return make("section", {
      class: layer.flat ? "flat" : "", style: `--sprite:url(${layer.sprite})`,
    }, ...parts)
  })
  const answers = data.answers.map((one, at) => make(
    "li", at ? {} : { class: "first" },
    make("span", { title: one.logit }, make("b", {}, one.name), one.share),
    make("i", { style: `width:${one.width}%` }),
  ))
  const end = make("section", {}, make("h4", {}, data.answersTitle), make("ol", {}, ...answers))
  root.replaceChildren(...sections, end)
  if (focused) root.querySelector(`[data-name="${focused}"]`)?.focus()
}
"""

_mount = st.components.v2.component("playground.network", html=_HTML, css=_CSS, js=_JS)


def network(
    key: str,
    label: str,
    layers: Sequence[dict[str, Any]],
    answers: Sequence[dict[str, Any]],
    picked: str,
    whole: Sequence[int],
    on_picked: Callable[[], None],
) -> Any:
    """Draw the network; gives ``picked`` (``layer.channel``) and ``whole`` (places of layers) as
    the browser sent them, not to be trusted. ``label`` tells a screen reader what it shows."""
    return _mount(
        key=key,
        data={
            "label": label, "layers": list(layers), "answers": list(answers), "picked": picked,
            "whole": list(whole), "answersTitle": "Answer",
        },
        default={"picked": "", "whole": []},
        on_picked_change=on_picked,
        on_whole_change=on_picked,
        width="stretch",
        height="content",
    )  # fmt: skip
