"""Images as points of a map, as a component of Streamlit's second version.

One picture holds all thumbnails, and a canvas draws them where they belong. A click chooses the
image that is nearest; the arrow keys go from one to the next.
"""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

_HTML = """
<canvas class="map" tabindex="0" role="application"></canvas>
<p class="said" aria-live="polite"></p>
"""

_CSS = """
.map { width: 100%; height: 34rem; display: block; cursor: pointer; touch-action: pan-y;
  background: var(--st-secondary-background-color); border-radius: var(--st-base-radius); }
.map:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
.said { min-height: 1.5em; margin: 0.25rem 0 0; font-size: 0.875rem; }
@media (max-width: 640px) { .map { height: 24rem; } }
"""

_JS = """
const maps = new WeakMap()

export default function ({ parentElement, data, setStateValue }) {
  const canvas = parentElement.querySelector(".map")
  canvas.setAttribute("aria-label", data.label)
  let map = maps.get(canvas)
  if (!map) { map = begin(canvas); maps.set(canvas, map) }
  // What was chosen here stays chosen: the answer to a quick second key is still on its way.
  const same = map.data?.sprite === data.sprite && map.data.points.length === data.points.length
  const picked = same ? map.data.picked : data.picked
  map.data = { ...data, picked }
  map.said = parentElement.querySelector(".said")
  map.said.textContent = data.names[picked] ?? ""
  map.pick = (at) => {
    map.data.picked = at
    map.said.textContent = map.data.names[at]
    map.draw()
    setStateValue("picked", at)
  }
  if (map.source !== data.sprite) {
    map.source = data.sprite
    map.image = new Image()
    map.image.onload = map.draw
    map.image.src = data.sprite
  } else map.draw()
  return () => map.observer.disconnect()
}

function begin(canvas) {
  const map = { data: null, pick: () => {}, image: null, source: "" }
  const size = () => {
    const { width, height } = canvas.getBoundingClientRect()
    const side = Math.max(12, Math.min(28, width / 34))
    return { width, height, side }
  }
  const place = (at, { width, height, side }) => [
    side + map.data.points[at][0] * (width - 2 * side),
    side + map.data.points[at][1] * (height - 2 * side),
  ]
  map.draw = () => {
    const now = size(), ratio = window.devicePixelRatio || 1
    if (!now.width || !map.image?.complete) return
    canvas.width = now.width * ratio
    canvas.height = now.height * ratio
    const pen = canvas.getContext("2d")
    pen.scale(ratio, ratio)
    pen.imageSmoothingEnabled = false
    const { columns, tile, colors, classes, wrong, picked } = map.data
    const style = getComputedStyle(canvas)
    const order = map.data.points.map((_, at) => at).sort((a, b) => wrong[a] - wrong[b])
    if (picked >= 0) order.push(picked)
    for (const at of order) {
      const [x, y] = place(at, now), half = now.side / 2
      const [w, h] = tile
      pen.drawImage(map.image, (at % columns) * w, Math.floor(at / columns) * h, w, h,
        x - half, y - half, now.side, now.side)
      pen.lineWidth = at === picked ? 4 : wrong[at] ? 2.5 : 1
      pen.strokeStyle = at === picked ? style.getPropertyValue("--st-primary-color")
        : wrong[at] ? map.data.wrongColor : colors[classes[at] % colors.length]
      pen.strokeRect(x - half, y - half, now.side, now.side)
    }
  }
  canvas.addEventListener("click", (event) => {
    const box = canvas.getBoundingClientRect(), now = size()
    let best = -1, least = Infinity
    map.data.points.forEach((_, at) => {
      const [x, y] = place(at, now)
      const far = Math.hypot(x - (event.clientX - box.left), y - (event.clientY - box.top))
      if (far < least) { least = far; best = at }
    })
    if (best >= 0 && least < 2 * now.side) map.pick(best)
  })
  canvas.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key]
    if (!step) return
    event.preventDefault()
    const count = map.data.points.length, { picked } = map.data
    map.pick(picked < 0 ? (step > 0 ? 0 : count - 1) : (picked + step + count) % count)
  })
  map.observer = new ResizeObserver(() => map.draw())
  map.observer.observe(canvas)
  return map
}
"""

_mount = st.components.v2.component("playground.map", html=_HTML, css=_CSS, js=_JS)


def image_map(
    key: str,
    label: str,
    sprite: str,
    columns: int,
    tile: tuple[int, int],
    points: Sequence[Sequence[float]],
    names: Sequence[str],
    classes: Sequence[int],
    wrong: Sequence[bool],
    picked: int,
    colors: Sequence[str],
    wrong_color: str,
    on_picked: Callable[[], None],
) -> Any:
    """Draw the map; gives ``picked``, the place of an image among the points, as the browser sent
    it, not to be trusted.

    ``sprite`` is the address of a picture of all thumbnails, each a ``tile`` (width, height) in
    pixels, in rows of ``columns``; ``points`` are from 0 to 1; ``names`` say what each image is,
    to be read when it is chosen. ``label`` tells a screen reader what
    it shows.
    """
    return _mount(
        key=key,
        data={
            "label": label, "sprite": sprite, "columns": columns, "tile": list(tile),
            "points": points, "names": list(names), "classes": list(classes),
            "wrong": list(wrong), "picked": picked,
            "colors": list(colors), "wrongColor": wrong_color,
        },
        default={"picked": -1},
        on_picked_change=on_picked,
        width="stretch",
        height="content",
    )  # fmt: skip
