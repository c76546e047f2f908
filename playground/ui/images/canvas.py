"""A square to draw on with mouse, finger or pen, as a component of Streamlit's second version.

The strokes live in the browser, as lines of an SVG, which takes its colours from the theme. They
are sent after each stroke. A rerun changes nothing of what is drawn; if Streamlit builds the
square anew, it begins with the strokes that Python has.
"""

from typing import Any

import streamlit as st

from playground.ui import state

_HTML = """
<div class="drawing">
  <svg viewBox="0 0 1 1" role="img"><g></g></svg>
  <button type="button">Clear</button>
</div>
"""

_CSS = """
.drawing {
  display: flex; flex-direction: column; align-items: flex-start; gap: 0.5rem;
  width: 100%;
}
svg {
  box-sizing: border-box; width: 100%; aspect-ratio: 1; cursor: crosshair;
  touch-action: none; user-select: none; -webkit-user-select: none;
  background: var(--st-secondary-background-color);
  border: 1px solid color-mix(in srgb, var(--st-text-color) 40%, transparent);
  border-radius: var(--st-base-radius);
}
path {
  fill: none; stroke: var(--st-text-color); stroke-width: 0.07;
  stroke-linecap: round; stroke-linejoin: round;
}
button {
  font: inherit; font-size: 0.875rem; color: inherit; cursor: pointer;
  padding: 0.25rem 0.75rem; min-height: 2.5rem;
  background: transparent; border-radius: var(--st-button-radius, var(--st-base-radius));
  border: 1px solid color-mix(in srgb, var(--st-text-color) 20%, transparent);
}
button:hover:enabled { border-color: var(--st-primary-color); color: var(--st-primary-color); }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
button:disabled { opacity: 0.4; cursor: default; }
"""

_JS = """
const NEAR = 0.005  // two points closer than this are one
const drawings = new WeakMap()

export default function ({ parentElement, data, setStateValue }) {
  const svg = parentElement.querySelector("svg")
  if (!drawings.has(svg)) drawings.set(svg, begin(parentElement, svg, data.strokes))
  const drawing = drawings.get(svg)
  drawing.send = (strokes) => setStateValue("strokes", strokes)
  svg.setAttribute("aria-label", data.label)
}

function begin(parentElement, svg, strokes) {
  const lines = svg.querySelector("g")
  const clear = parentElement.querySelector("button")
  const drawing = { strokes: [...strokes], send: () => {} }
  let pen = null  // the stroke that is being drawn: which pointer, its points and its line

  const show = (points, line) => {
    const [first, ...others] = points.map((point) => point.join(" "))
    // A dot is a line to where it began.
    line.setAttribute("d", `M ${first} L ${others.length ? others.join(" L ") : first}`)
  }
  const newLine = () => {
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path")
    lines.append(line)
    return line
  }
  const place = (event) => {
    const { left, top, width, height } = svg.getBoundingClientRect()
    const within = (value) => Math.round(Math.min(Math.max(value, 0), 1) * 1000) / 1000
    return [within((event.clientX - left) / width), within((event.clientY - top) / height)]
  }
  const tell = () => {
    clear.disabled = drawing.strokes.length === 0
    drawing.send(drawing.strokes)
  }

  svg.addEventListener("pointerdown", (event) => {
    if (pen || event.button !== 0) return
    event.preventDefault()
    svg.setPointerCapture(event.pointerId)
    pen = { id: event.pointerId, points: [place(event)], line: newLine() }
    show(pen.points, pen.line)
  })
  svg.addEventListener("pointermove", (event) => {
    if (pen?.id !== event.pointerId) return
    const passed = event.getCoalescedEvents?.() ?? []
    for (const [x, y] of (passed.length ? passed : [event]).map(place)) {
      const [lastX, lastY] = pen.points.at(-1)
      if (Math.hypot(x - lastX, y - lastY) >= NEAR) pen.points.push([x, y])
    }
    show(pen.points, pen.line)
  })
  const end = (event) => {
    if (pen?.id !== event.pointerId) return
    drawing.strokes = [...drawing.strokes, pen.points]
    pen = null
    tell()
  }
  svg.addEventListener("pointerup", end)
  svg.addEventListener("pointercancel", end)
  clear.addEventListener("click", () => {
    pen = null
    drawing.strokes = []
    lines.replaceChildren()
    tell()
  })

  for (const points of drawing.strokes) show(points, newLine())
  clear.disabled = drawing.strokes.length === 0
  return drawing
}
"""

_mount = st.components.v2.component("playground.canvas", html=_HTML, css=_CSS, js=_JS)


def canvas(key: str, label: str) -> Any:
    """Draw the canvas; gives the strokes as the browser sent them, not to be trusted.

    ``label`` tells a screen reader what it is for.
    """
    # Beside the element's own state, which another page's square does not share.
    kept = f"{key}.kept"
    drawn = _mount(
        key=key,
        data={"label": label, "strokes": state.get(kept) or []},
        default={"strokes": None},
        on_strokes_change=_nothing,
        width="stretch",
        height="content",
    )
    if drawn.strokes is not None:
        state.set_value(kept, drawn.strokes)
    return state.get(kept) or []


def _nothing() -> None:
    """Do nothing: Streamlit wants a callback for each value that a component holds."""
