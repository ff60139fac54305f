"""Every page, judged by axe (tests/web/axe: version 4.14.1, Mozilla Public License 2.0, unchanged; the tests
alone use it): names of controls, roles, headings, landmarks, contrast in both looks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from switchboard.web.navigation import PAGES
from tests.live.desk import changed_rules
from tests.live.house import PhoneOf
from tests.web.browser import Browser, Console
from tests.web.desk_backend import backend_of, sample

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AXE = Path(__file__).parent / "axe"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

JUDGE = """async (only) => {
  const { violations } = await axe.run(document, { runOnly: only, resultTypes: ["violations"] });
  const said = (text) => text.replace(/\\s+/g, " ").slice(0, 200);
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) =>
    `${location.pathname} ${id}: ${target.join(" ")}: ${said(failureSummary)}`));
}"""


def strange(found: list[str]) -> list[str]:
    """What stays of it. A call's row says in a sentence what it shows in three lines, with seconds in words:
    not its text letter by letter, but the name first, as shown, which the test of the desk looks at."""
    return [one for one in found if not ("label-content-name-mismatch" in one and "button[data-call=" in one)]


async def judged(page: Page) -> list[str]:
    """What is wrong with the page as it stands, in the light look, and with its contrast in the dark one."""
    await page.evaluate((AXE / "axe.min.js").read_text("utf-8"))
    found: list[str] = await page.evaluate(JUDGE, {"type": "tag", "values": RULES})
    await page.emulate_media(color_scheme="dark")
    contrast: dict[str, Any] = {"type": "rule", "values": ["color-contrast"]}
    found += [f"dark: {one}" for one in await page.evaluate(JUDGE, contrast)]
    await page.emulate_media(color_scheme="light")
    return strange(found)


@pytest.mark.live
async def test_every_page_of_the_console(console: Console, phone: PhoneOf, caller: PhoneOf) -> None:
    """As an administrator and operator sees them, with a call, a caller and versions to look at."""
    console.house.cli("mode", "automatic", "--until-changed")
    outside = await caller("13800000991")
    await outside.dial("8000")
    await outside.hears("zh/greeting-hello")
    await outside.hangup()
    call = (await console.house.record("13800000991"))["id"]
    user = await console.user("both", "administrator", "operator", "supervisor", extension="8011")
    page = await (await console.browser()).page()
    await page.goto(f"{console.url}/sign-in")
    found = await judged(page)
    await console.sign_in(page, user)
    async with changed_rules(console.house, {"ring_for: 6 ": "ring_for: 7 "}):
        version = console.house.status()["rules"]["version"]
    details = [f"/calls/{call}", "/callers/13800000991", f"/rules/versions/{version}", "/users/both"]
    for path in [*(p.path for p in PAGES), *details, "/certificate", "/nowhere"]:
        answer = await page.goto(console.url + path)
        assert answer is not None
        assert answer.status == (404 if path == "/nowhere" else 200), path
        if path == "/desk":
            await expect(page.locator("#mode-now")).not_to_be_empty()
        found += await judged(page)
    assert not found, "\n".join(found)


async def test_the_desk_with_everything_on_it(browser: Browser) -> None:
    """Calls in every part of the list, a form, people found, a broken line; then each dialog."""
    async with backend_of(sample()) as backend:
        backend.theme = "auto"
        backend.call("1", "held", 20, held_by="8011", target="8801", verdict="none")
        for id_, waited in (("2", 3), ("3", 20), ("4", 90)):
            backend.call(id_, "waiting", waited, caller={"name": "李", "grade": "nuisance"})
        backend.call("5", "parked", 9, held_by="8012", place=1)
        consult = {"by": "8011", "target": "8201", "state": "talking"}
        backend.call("6", "consulting", 5, held_by="8011", consult=consult)
        page = await browser.page(backend.url)
        await expect(page.locator(".row")).to_have_count(6)
        for row in await page.locator(".row").all():
            said = await row.locator(".row-choose").get_attribute("aria-label") or ""
            assert said.startswith(await row.locator(".row-name").inner_text())
        await page.locator("[data-call='1']").click()
        await page.keyboard.press("m")
        await page.keyboard.press("/")
        await page.keyboard.type("liu")
        await expect(page.locator(".entry").first).to_be_visible()
        await backend.tell("pbx", {"state": "down"})
        await expect(page.locator(".trouble")).to_be_visible()
        found = await judged(page)
        await page.locator("[data-call='6']").click()
        await expect(page.locator("#consult")).to_be_visible()
        found += await judged(page)
        for opens, dialog in (("#keys-open", "#keys"), ("[data-mode=away]", "#away")):
            await page.locator(opens).click()
            await expect(page.locator(dialog)).to_be_visible()
            found += await judged(page)
            await page.keyboard.press("Escape")
        assert not found, "\n".join(found)
