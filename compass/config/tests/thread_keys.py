"""Somebody who cannot use a pointer: every control is reached by the Tab key, and wherever the focus rests it is seen.
Test-only."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ElementHandle, Locator, Page

#: Tab stops until a control counts as out of reach; the longest page of the walk has some 150.
MOST = 400
#: Beyond this many arrow presses a list is typed into first.
FAR = 8
PLAIN = re.compile("[A-Za-z]+")

# A ring around the control or, where the control itself is not drawn, around its label; some part of it on screen with
# nothing above it (WCAG 2.2, 2.4.7 and 2.4.11). The parts of a player are the browser's own, and so is their ring.
LOOK = """([target, selector]) => {
  const at = document.activeElement;
  if (!at || at === document.body || at.id === 'main') return {there: at === target, fault: ''};
  const there = target ? at === target : at.matches(selector);
  const drawn = [at, ...(at.labels ?? [])];
  const ring = (at.tagName === 'AUDIO' && !at.matches(':focus')) || drawn.some(each => {
    const look = getComputedStyle(each);
    return look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 1;
  });
  const seen = drawn.some(each => {
    const box = each.getBoundingClientRect();
    return [0.5, 0.1, 0.9].some(y => [0.5, 0.05, 0.95].some(x => {
      const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
      return top !== null && (each === top || each.contains(top));
    }));
  });
  const name = at.tagName.toLowerCase() + '.' + (at.name || at.id || at.getAttribute('href') || at.className);
  return {there, fault: !ring ? name + ': the focus has no ring' : !seen ? name + ': the focus is hidden' : ''};
}"""
SITUATION = """target => {
  const at = document.activeElement;
  return {
    start: !at || at === document.body, inside: !!target.closest('main'),
    back: !!at && at !== document.body && !!(at.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING)
      && !at.contains(target),
  };
}"""
SAME_GROUP = """target => {
  const at = document.activeElement;
  return at.type === 'radio' && at.name === target.name && at.form === target.form;
}"""
CHOSEN = """(select, wanted) => [...select.options].findIndex(
  option => option.value === wanted || option.label.trim() === wanted
)"""
# Enter and Space make a click of detail 0; a finger, a pen and a mouse say so before it.
POINTER = """for (const kind of ['pointerdown', 'mousedown', 'touchstart', 'click']) {
  addEventListener(kind, event => {
    if (event.isTrusted && (kind !== 'click' || event.detail > 0)) window.pointed(kind);
  }, true);
}"""


def listen(context: BrowserContext, pointed: list[str]) -> None:
    """Note in `pointed` each event that only a pointer makes, on every page of this context (needs JavaScript)."""
    context.expose_binding("pointed", lambda _source, kind: pointed.append(kind))
    context.add_init_script(POINTER)


class Keyboard:
    """The keys of one page. `stops` counts the stops of the focus, `fault` is told of each that cannot be seen."""

    def __init__(self, page: Page, fault: Callable[[str], None]) -> None:
        self.page, self.fault = page, fault
        self.stops = 0

    # By selector

    def to(self, selector: str) -> Keyboard:
        """Press Tab until the focus is there."""
        for _press in range(MOST):
            if self._stop("Tab", None, selector):
                return self
        raise AssertionError(f"the Tab key does not lead to {selector}")

    def into(self, selector: str) -> Keyboard:
        """The same, opening on the way what is folded around it."""
        folded = f"details:not([open]):has({selector}) > summary"
        while self.page.locator(folded).count():
            self.to(folded)
            self.page.keyboard.press("Enter")
        return self.to(selector)

    def write(self, text: str) -> Keyboard:
        self.page.keyboard.type(text)
        return self

    # By element

    def reach(self, found: Locator) -> ElementHandle:
        """Open what is folded around it, go there by Tab or Shift and Tab, past the navigation by the skip link."""
        closed = found.locator("xpath=ancestor::details[not(@open)][not(ancestor::details[not(@open)])]/summary")
        while closed.count():
            self._go(closed.first)
            self.page.keyboard.press("Enter")
        return self._go(found)

    def aim(self, found: Locator) -> None:
        self.reach(found)

    def press(self, found: Locator) -> None:
        """What it aims at: a link by Enter, a button by Enter or by Space, as the number of stops has it."""
        link = found.evaluate("e => e.tagName === 'A'")
        self.page.keyboard.press("Enter" if link or self.stops % 2 else "Space")

    def fill(self, found: Locator, text: str) -> None:
        target = self.reach(found)
        if target.input_value():
            self.page.keyboard.press("ControlOrMeta+A")
        self.page.keyboard.type(text)
        assert target.input_value().replace("\r", "") == text

    def tick(self, found: Locator) -> None:
        """A box by Space, a choice by the arrows (Space where the focus already is)."""
        target = self.reach(found)
        if not target.is_checked():
            self.page.keyboard.press("Space")
        assert target.is_checked()

    def choose(self, found: Locator, wanted: str) -> None:
        """An entry of a list: its first letters, then the arrows."""
        target = self.reach(found)
        goal = int(target.evaluate(CHOSEN, wanted))
        assert goal >= 0, f"{wanted} is not offered"
        if abs(goal - self._index(target)) > FAR:
            label = str(target.evaluate("(select, goal) => select.options[goal].label.trim()", goal))
            if plain := PLAIN.match(label):
                self.page.keyboard.type(plain.group())
        for _press in range(MOST):
            here = self._index(target)
            if here == goal:
                return
            self.page.keyboard.press("ArrowDown" if here < goal else "ArrowUp")
        raise AssertionError(f"the arrows do not lead to {wanted}")

    def attach(self, found: Locator, path: str | Path) -> None:
        """The button of a file is reached; the window of the system that it opens is not part of the page."""
        self.reach(found).set_input_files(path)

    def _index(self, target: ElementHandle) -> int:
        return int(target.evaluate("select => select.selectedIndex"))

    def _go(self, found: Locator) -> ElementHandle:
        target = found.element_handle()
        situation = target.evaluate(SITUATION)
        if self._look(target, ""):
            return target
        radio = target.evaluate("e => e.type === 'radio'")
        if radio and target.evaluate(SAME_GROUP):
            return self._along(target)
        if situation["start"] and situation["inside"]:
            self._skip()
        key = "Shift+Tab" if situation["back"] else "Tab"
        for _press in range(MOST):
            if self._stop(key, target, ""):
                return target
            if radio and target.evaluate(SAME_GROUP):
                return self._along(target)
        raise AssertionError(f"the Tab key does not lead to {found}")

    def _along(self, target: ElementHandle) -> ElementHandle:
        """Within a group of choices."""
        for _press in range(MOST):
            if self._stop("ArrowDown", target, ""):
                return target
        raise AssertionError("the arrows do not lead to the choice")

    def _skip(self) -> None:
        self.page.keyboard.press("Tab")
        if self.page.evaluate("document.activeElement.matches('a.skip')"):
            self._look(None, "a.skip")
            self.page.keyboard.press("Enter")
            self.page.wait_for_url("**#main")

    def _stop(self, key: str, target: ElementHandle | None, selector: str) -> bool:
        self.page.keyboard.press(key)
        self.stops += 1
        return self._look(target, selector)

    def _look(self, target: ElementHandle | None, selector: str) -> bool:
        found: dict[str, Any] = self.page.evaluate(LOOK, [target, selector])
        if found["fault"]:
            self.fault(found["fault"])
        return bool(found["there"])
